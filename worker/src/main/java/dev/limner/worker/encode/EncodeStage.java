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

    public EncodedBatch encode(GeneratedBatch generated) {
        long start = System.nanoTime();
        List<List<EncodedImage>> all = new ArrayList<>();
        for (int i = 0; i < generated.images().size(); i++) {
            QueuedJob queued = generated.prepared().batch().jobs().get(i);
            String caption = writeCaptions ? written.apply(queued.job().caption()) : null;
            List<EncodedImage> mine = new ArrayList<>();
            for (int at = 0; at < queued.images(); at++) {
                Pixels pixels = generated.images().get(i).get(at);
                mine.add(encode(queued.job(), caption, queued.first() + at, pixels, generated, software));
            }
            all.add(mine);
        }
        return new EncodedBatch(generated, all, (System.nanoTime() - start) / 1e6);
    }

    private static EncodedImage encode(
            Job job, @Nullable String caption, int index, Pixels pixels, GeneratedBatch generated, String software) {
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
                bytes,
                Digests.sha256(bytes),
                Digests.sha256(pixels.rgb()),
                job.format().mediaType(),
                job.format().extension(),
                pixels.width(),
                pixels.height());
    }
}
