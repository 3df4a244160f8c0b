package dev.limner.trainer.data;

import java.util.List;

/**
 * Captioned pictures in memory, all of one size.
 *
 * @param name what people call it
 * @param digest SHA-256 over the shards' digests
 * @param side height and width in pixels
 * @param images the pictures, in the order of the shards
 */
public record DataSet(String name, String digest, int side, List<CaptionedImage> images) {
    public DataSet {
        images = List.copyOf(images);
    }
}
