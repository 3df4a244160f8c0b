package dev.limner.worker.encode;

import dev.limner.worker.generate.GeneratedBatch;
import java.util.List;

/**
 * A micro-batch as image files in memory.
 *
 * @param images for each job or part of one its files, in order
 * @param encodeMillis what the encoding took
 */
public record EncodedBatch(GeneratedBatch generated, List<List<EncodedImage>> images, double encodeMillis) {
    public EncodedBatch {
        images = List.copyOf(images);
    }

    /** Some of its jobs as a batch of their own. */
    public EncodedBatch part(int from, int to, int part) {
        return new EncodedBatch(generated.part(from, to, part), images.subList(from, to), encodeMillis);
    }

    /**
     * An image file.
     *
     * @param sha256 of the bytes
     * @param pixelsSha256 of the height x width x RGB bytes they encode
     */
    public record EncodedImage(
            byte[] bytes,
            String sha256,
            String pixelsSha256,
            String mediaType,
            String extension,
            int width,
            int height) {}
}
