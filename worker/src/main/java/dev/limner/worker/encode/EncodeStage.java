package dev.limner.worker.encode;

import dev.limner.generator.image.ImageEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.Provenance;
import dev.limner.protocol.Digests;
import dev.limner.protocol.Job;
import dev.limner.worker.generate.GeneratedJob;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.StageMillis;
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

    public MicroBatch<EncodedJob> encode(MicroBatch<GeneratedJob> batch) {
        long start = System.nanoTime();
        List<EncodedJob> jobs = new ArrayList<>(batch.jobs().size());
        for (int position = 0; position < batch.jobs().size(); position++) {
            jobs.add(encode(batch.jobs().get(position), writeCaptions ? caption(batch, position) : null));
        }
        return batch.further(jobs, batch.took().withEncode(StageMillis.since(start)));
    }

    /** The caption, or the label, that goes into the files of a batch's job. */
    protected @Nullable String caption(MicroBatch<GeneratedJob> batch, int position) {
        return batch.jobs().get(position).queued().job().title().orElse(null);
    }

    private EncodedJob encode(GeneratedJob generated, @Nullable String caption) {
        List<EncodedImage> files = new ArrayList<>(generated.images().size());
        int index = generated.queued().first();
        for (Pixels pixels : generated.images()) {
            files.add(encode(generated, caption, index++, pixels));
        }
        return new EncodedJob(generated, files);
    }

    private EncodedImage encode(GeneratedJob generated, @Nullable String caption, int index, Pixels pixels) {
        Job job = generated.queued().job();
        Provenance provenance = new Provenance(
                software,
                generated.model().name(),
                generated.model().digest(),
                job.seed(),
                index,
                job.truncation(),
                caption);
        byte[] bytes = ImageEncoder.encode(pixels, job.format(), provenance);
        return new EncodedImage(
                index,
                bytes,
                Digests.sha256(bytes),
                Digests.sha256(pixels.rgb()),
                job.format().mediaType(),
                job.format().extension(),
                pixels.width(),
                pixels.height());
    }
}
