package dev.limner.training.evaluate.extractor;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.Split;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far judges have seen the very images that a generator learned from or is measured by. Of such images they know by
 * heart what they show, so that copies of them look right and others wrong.
 *
 * @param training the data's training images
 * @param trainingSeen how many of them the judges learned from
 * @param heldOut the data's other images
 * @param heldOutSeen how many of those
 * @param known whether the judges say what they learned from; the first version does so only for the data set it was
 *     trained on
 * @param sources makers whose images are in the data and among what the judges learned from: the same drawing may have
 *     come to other pixels in another package or size
 */
public record Contamination(
        int training, int trainingSeen, int heldOut, int heldOutSeen, boolean known, List<String> sources) {
    public Contamination {
        sources = List.copyOf(sources);
    }

    /** Compares by the pixels, whatever the images' names are. */
    public static Contamination of(FeatureExtractors judges, DataSet data) {
        String language = judges.description().language();
        List<CaptionedImage> all = data.images().stream()
                .filter(image -> !image.captionsIn(language).isEmpty())
                .toList();
        List<CaptionedImage> training =
                all.stream().filter(image -> data.splitOf(image) == Split.TRAIN).toList();
        List<CaptionedImage> others =
                all.stream().filter(image -> data.splitOf(image) != Split.TRAIN).toList();
        ExtractorOrigin origin = judges.description().origin();
        if (origin == null) {
            boolean same = judges.description().dataDigest().equals(data.digest());
            return new Contamination(training.size(), same ? training.size() : 0, others.size(), 0, same, List.of());
        }
        return new Contamination(
                training.size(),
                seen(judges, training),
                others.size(),
                seen(judges, others),
                true,
                shared(origin, data));
    }

    private static List<String> shared(ExtractorOrigin origin, DataSet data) {
        Set<String> learned = origin.sources().stream()
                .map(ExtractorOrigin.Share::source)
                .filter(DataSource::hasLicence)
                .map(DataSource::id)
                .collect(Collectors.toSet());
        return data.sources().stream()
                .filter(DataSource::hasLicence)
                .map(DataSource::id)
                .filter(learned::contains)
                .toList();
    }

    private static int seen(FeatureExtractors judges, List<CaptionedImage> images) {
        return (int) images.stream().filter(judges::saw).count();
    }

    /** Whether they have seen none of it. */
    public boolean isClean() {
        return known && trainingSeen == 0 && heldOutSeen == 0 && sources.isEmpty();
    }

    /** Whether they have seen images that figures are made of; there is nothing that such figures say. */
    public boolean isSpoilt() {
        return heldOutSeen > 0;
    }

    /** For people. */
    public String text() {
        return known
                ? "they learned from " + trainingSeen + " of the " + training + " training images and from "
                        + heldOutSeen
                        + " of the " + heldOut + " held-out ones"
                        + (sources.isEmpty() ? "" : ", and from images of " + String.join(", ", sources))
                : "they do not say which images they learned from";
    }
}
