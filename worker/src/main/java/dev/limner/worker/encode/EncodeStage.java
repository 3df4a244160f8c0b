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
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Encodes a micro-batch. Safe from any thread. */
public final class EncodeStage {
    private final String software;
    private final boolean writeCaptions;
    private final UnaryOperator<String> written;

    /**
     * @param software the generator and its version, as provenance names it
     * @param writeCaptions whether files carry their captions
     * @param written what a caption becomes in files
     */
    public EncodeStage(String software, boolean writeCaptions, UnaryOperator<String> written) {
        this.software = software;
        this.writeCaptions = writeCaptions;
        this.written = written;
    }

    public MicroBatch<EncodedJob> encode(MicroBatch<GeneratedJob> batch) {
        long start = System.nanoTime();
        List<EncodedJob> jobs = new ArrayList<>(batch.jobs().size());
        for (GeneratedJob generated : batch.jobs()) {
            jobs.add(encode(generated, caption(generated.queued().job())));
        }
        return batch.further(jobs, batch.took().withEncode(StageMillis.since(start)));
    }

    /** The caption, or the label, that goes into the files of a job. */
    private @Nullable String caption(Job job) {
        return writeCaptions ? job.title().map(written).orElse(null) : null;
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
                caption,
                writeCaptions ? job.label() : null,
                writeCaptions ? job.controls() : Map.of());
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
