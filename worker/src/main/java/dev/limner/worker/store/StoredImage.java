package dev.limner.worker.store;

import dev.limner.protocol.Outcome;
import dev.limner.worker.encode.EncodedImage;

/**
 * A durable image file.
 *
 * @param uri where it is
 */
public record StoredImage(EncodedImage file, String uri) {
    /** As results refer to it. */
    Outcome.ImageRef reference(long seed) {
        return new Outcome.ImageRef(
                uri,
                file.sha256(),
                file.mediaType(),
                file.bytes().length,
                file.width(),
                file.height(),
                file.index(),
                seed,
                file.pixelsSha256());
    }
}
