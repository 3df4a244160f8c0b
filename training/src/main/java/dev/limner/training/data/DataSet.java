package dev.limner.training.data;

import dev.limner.generator.bundle.DataLicence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Captioned images in memory, all of one size.
 *
 * @param name what people call it
 * @param digest SHA-256 over the shards' digests and the held-out shares
 * @param side height and width in pixels, as it was read
 * @param settings its own
 * @param images the images, in the order of the shards
 */
public record DataSet(String name, String digest, int side, DataSettings settings, List<CaptionedImage> images) {
    public DataSet {
        images = List.copyOf(images);
    }

    /** A data set of format 1. */
    public DataSet(String name, String digest, int side, int heldOutPercent, List<CaptionedImage> images) {
        this(name, digest, side, DataSettings.ofPixels(side, heldOutPercent), images);
    }

    /** Images of a hundred that are held out, for validation and for testing, where their makers did not decide. */
    public int heldOutPercent() {
        return settings.heldOutPercent();
    }

    /** The split of one of its images. */
    public Split splitOf(CaptionedImage image) {
        return settings.splitOf(image);
    }

    /** The images of a split that have captions in a language, in the set's order. */
    public List<CaptionedImage> images(Split split, String language) {
        return images.stream()
                .filter(image ->
                        splitOf(image) == split && !image.captionsIn(language).isEmpty())
                .toList();
    }

    /**
     * What a training chooses its checkpoint by: {@link Split#VALIDATION}, or {@link Split#TEST} where there is none, as
     * in every data set of format 1. A figure of a test split that chose flatters.
     */
    public Split choosingSplit(String language) {
        return images(Split.VALIDATION, language).isEmpty() ? Split.TEST : Split.VALIDATION;
    }

    /** The images of {@link #choosingSplit}. */
    public List<CaptionedImage> choosing(String language) {
        return images(choosingSplit(language), language);
    }

    /** Where its images are from, in the order in which they came. */
    public List<DataSource> sources() {
        return settings.sources();
    }

    /**
     * Under which terms the images came that a training of a language learns from: of each source that has one among
     * them, then of images that name none.
     */
    public List<DataLicence> licences(String language) {
        Map<String, Integer> used = new TreeMap<>();
        List<DataLicence> licences = new ArrayList<>();
        for (CaptionedImage image : images(Split.TRAIN, language)) {
            used.merge(image.source() == null ? "" : image.source(), 1, Integer::sum);
        }
        for (DataSource source : sources()) {
            if (used.remove(source.id()) != null) {
                licences.add(source.terms());
            }
        }
        if (!used.isEmpty()) {
            licences.add(new DataLicence(name, DataLicence.UNKNOWN, null));
        }
        return licences;
    }
}
