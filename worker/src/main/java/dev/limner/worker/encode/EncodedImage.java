package dev.limner.worker.encode;

/**
 * An image file in memory.
 *
 * @param index of the image within its job
 * @param sha256 of the bytes
 * @param pixelsSha256 of the height x width x RGB bytes they encode
 */
public record EncodedImage(
        int index,
        byte[] bytes,
        String sha256,
        String pixelsSha256,
        String mediaType,
        String extension,
        int width,
        int height) {}
