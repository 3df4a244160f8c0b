package dev.limner.training.evaluate.extractor;

import dev.limner.protocol.Digests;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What judges learn from, and what of it they do not see, to be measured by.
 *
 * @param kind how it is related to the data that the judges are for
 * @param name what people call it
 * @param digest of all sets
 * @param language of the captions
 * @param sources whose images they are
 * @param learned the images they learn from
 * @param heldOut images of other subjects of the same sets
 */
public record ExtractorMaterial(
        ExtractorOrigin.Kind kind,
        String name,
        String digest,
        String language,
        List<ExtractorOrigin.Source> sources,
        List<CaptionedImage> learned,
        List<CaptionedImage> heldOut) {
    /** Validation images that judges can be made of. */
    static final int ENOUGH = 500;

    private static final int HELD_OUT_TENTHS = 1;

    public ExtractorMaterial {
        learned = List.copyOf(learned);
        heldOut = List.copyOf(heldOut);
    }

    /**
     * Data that no generator of theirs learns from: all splits of all sets, but a tenth of the subjects. That tenth has
     * nothing to do with any set's own split, so that judges know a generator's training subjects no better than its
     * held-out ones.
     */
    public static ExtractorMaterial elsewhere(List<DataSet> sets, String language) {
        if (sets.stream().mapToInt(DataSet::side).distinct().count() != 1) {
            throw new DataException("judges learn from images of one size, these are of "
                    + sets.stream().map(set -> set.name() + " " + set.side()).collect(Collectors.joining(", ")));
        }
        List<CaptionedImage> all = sets.stream()
                .flatMap(set -> set.images().stream())
                .filter(image -> !image.captionsIn(language).isEmpty())
                .toList();
        return new ExtractorMaterial(
                ExtractorOrigin.Kind.ELSEWHERE,
                sets.stream().map(DataSet::name).collect(Collectors.joining(" and ")),
                sets.size() == 1
                        ? sets.get(0).digest()
                        : Digests.sha256(sets.stream()
                                .map(DataSet::digest)
                                .collect(Collectors.joining("\n"))
                                .getBytes(StandardCharsets.UTF_8)),
                language,
                List.of(),
                all.stream().filter(image -> !isHeldOut(image)).toList(),
                all.stream().filter(ExtractorMaterial::isHeldOut).toList());
    }

    /**
     * A part of the data itself, for which there is no other: its validation images, if there are {@value #ENOUGH}, else
     * half of the training subjects. Never the images that figures are made of.
     */
    public static ExtractorMaterial within(DataSet data, String language) {
        List<CaptionedImage> training = data.images(Split.TRAIN, language);
        Map<String, List<CaptionedImage>> bySubject = training.stream()
                .collect(Collectors.groupingBy(
                        ExtractorMaterial::subject,
                        () -> new TreeMap<>(Comparator.comparingLong(ExtractorMaterial::place)
                                .thenComparing(Comparator.naturalOrder())),
                        Collectors.toList()));
        int half = Math.ceilDiv(bySubject.size(), 2);
        return new ExtractorMaterial(
                ExtractorOrigin.Kind.HALF,
                data.name(),
                data.digest(),
                language,
                List.of(),
                bySubject.values().stream().limit(half).flatMap(List::stream).toList(),
                bySubject.values().stream().skip(half).flatMap(List::stream).toList());
    }

    private static long place(String subject) {
        return Digests.fingerprint("judges " + subject);
    }

    private static boolean isHeldOut(CaptionedImage image) {
        return Math.floorMod(place(subject(image)), 10) < HELD_OUT_TENTHS;
    }

    static String subject(CaptionedImage image) {
        return image.key();
    }
}
