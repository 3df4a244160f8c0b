package dev.limner.training.data;

import java.util.List;

/**
 * Captioned images in memory, all of one size.
 *
 * @param name what people call it
 * @param digest SHA-256 over the shards' digests and the held-out share
 * @param side height and width in pixels
 * @param heldOutPercent images of a hundred that are held out, where their makers did not decide
 * @param images the images, in the order of the shards
 */
public record DataSet(String name, String digest, int side, int heldOutPercent, List<CaptionedImage> images) {
    public DataSet {
        images = List.copyOf(images);
    }

    /** The split of one of its images. */
    public Split splitOf(CaptionedImage image) {
        return image.split() == null ? Split.of(image.pixels(), heldOutPercent) : image.split();
    }

    /** The images of a split that have captions in a language, in the set's order. */
    public List<CaptionedImage> images(Split split, String language) {
        return images.stream()
                .filter(image ->
                        splitOf(image) == split && !image.captionsIn(language).isEmpty())
                .toList();
    }
}
