package dev.limner.worker.model;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.ImageSize;
import dev.limner.protocol.Result;
import java.util.List;

/** One computation of a batch on a device. Safe from any thread. */
public interface ImageGenerator extends AutoCloseable {
    /** What it generates with. */
    Result.Model model();

    /** What it reads of a job. */
    ModelInputs inputs();

    /** The one size it generates. */
    ImageSize size();

    /** Images that depend on nothing but a number, to compare batch sizes by and to ask a device whether it works. */
    List<RenderRequest> probes(int count);

    /**
     * Generates a batch.
     *
     * @param requests at most {@code batchSize}
     * @param batchSize images to compute; those beyond the requests are padding
     * @return one image per request, in order
     * @throws OutOfDeviceMemoryException if the batch is too large for the device as it is now
     */
    List<Pixels> generate(List<RenderRequest> requests, int batchSize);

    @Override
    void close();
}
