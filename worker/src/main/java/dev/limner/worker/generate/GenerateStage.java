package dev.limner.worker.generate;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.text.CaptionEncoding;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.worker.fault.PermanentException;
import dev.limner.worker.text.PreparedBatch;
import java.util.ArrayList;
import java.util.List;

/** Draws a micro-batch. Safe from any thread. */
public final class GenerateStage {
    private final PictureEngine engine;

    public GenerateStage(PictureEngine engine) {
        this.engine = engine;
    }

    /** @throws PermanentException if the device failed on this batch */
    public DrawnBatch draw(PreparedBatch prepared) {
        long start = System.nanoTime();
        List<RenderRequest> requests = new ArrayList<>();
        for (int i = 0; i < prepared.encodings().size(); i++) {
            Job job = prepared.batch().jobs().get(i).job();
            CaptionEncoding encoding = prepared.encodings().get(i);
            for (int index = 0; index < job.count(); index++) {
                requests.add(new RenderRequest(encoding.embedding(), job.seed(), index, job.truncation()));
            }
        }
        List<Pixels> all;
        try {
            all = engine.draw(requests);
        } catch (RuntimeException e) {
            throw new PermanentException(ErrorCode.DEVICE_FAILED, "the device failed: " + e.getMessage(), e);
        }
        if (all.size() != requests.size()) {
            throw new IllegalStateException(all.size() + " pictures for " + requests.size() + " requests");
        }
        List<List<Pixels>> perJob = new ArrayList<>();
        int at = 0;
        for (var queued : prepared.batch().jobs()) {
            perJob.add(List.copyOf(all.subList(at, at + queued.job().count())));
            at += queued.job().count();
        }
        return new DrawnBatch(prepared, perJob, engine.model(), (System.nanoTime() - start) / 1e6);
    }
}
