package dev.limner.worker.encode;

import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.Digests;
import dev.limner.protocol.Job;
import dev.limner.worker.encode.EncodedBatch.EncodedImage;
import dev.limner.worker.generate.GeneratedBatch;
import dev.limner.worker.schedule.QueuedJob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes a micro-batch. Safe from any thread. Extended only by drills. */
public class EncodeStage {
    private final String software;
    private final boolean writeCaptions;

    /**
     * @param software the generator and its version, as provenance names it
     * @param writeCaptions whether files carry their captions
     */
    public EncodeStage(String software, boolean writeCaptions) {
        this.software = software;
        this.writeCaptions = writeCaptions;
    }

    public EncodedBatch encode(GeneratedBatch drawn) {
        long start = System.nanoTime();
        List<List<EncodedImage>> all = new ArrayList<>();
        for (int i = 0; i < drawn.pictures().size(); i++) {
            QueuedJob queued = drawn.prepared().batch().jobs().get(i);
            String caption = writeCaptions ? caption(drawn, i) : null;
            List<EncodedImage> mine = new ArrayList<>();
            for (int at = 0; at < queued.images(); at++) {
                Pixels pixels = drawn.pictures().get(i).get(at);
                mine.add(encode(queued.job(), caption, queued.first() + at, pixels, drawn, software));
            }
            all.add(mine);
        }
        return new EncodedBatch(drawn, all, (System.nanoTime() - start) / 1e6);
    }

    /** The caption that goes into the files of a batch's job. */
    protected String caption(GeneratedBatch drawn, int position) {
        return drawn.prepared().batch().jobs().get(position).job().caption();
    }

    private static EncodedImage encode(
            Job job, @Nullable String caption, int index, Pixels pixels, GeneratedBatch drawn, String software) {
        Provenance provenance = new Provenance(
                software, drawn.model().name(), drawn.model().digest(), job.seed(), index, job.truncation(), caption);
        byte[] bytes = ImageEncoder.encode(pixels, job.format(), provenance);
        return new EncodedImage(
                bytes,
                Digests.sha256(bytes),
                Digests.sha256(pixels.rgb()),
                job.format().mediaType(),
                job.format().extension(),
                pixels.width(),
                pixels.height());
    }
}
