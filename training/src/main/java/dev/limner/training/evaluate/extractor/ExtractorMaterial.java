package dev.limner.training.evaluate.extractor;

import dev.limner.protocol.Digests;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.Split;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What judges learn from, and what of it they do not see, to be measured by.
 *
 * @param kind how it is related to the data that the judges are for
 * @param name what people call it
 * @param digest of all sets
 * @param languages of the captions; every image has some in each
 * @param sources whose images they are
 * @param learned the images they learn from
 * @param heldOut images of other subjects of the same sets
 */
public record ExtractorMaterial(
        ExtractorOrigin.Kind kind,
        String name,
        String digest,
        List<String> languages,
        List<ExtractorOrigin.Share> sources,
        List<CaptionedImage> learned,
        List<CaptionedImage> heldOut) {
    /** Validation images that judges can be made of. */
    static final int ENOUGH = 500;

    private static final int TENTHS = 10;

    public ExtractorMaterial {
        languages = List.copyOf(languages);
        learned = List.copyOf(learned);
        heldOut = List.copyOf(heldOut);
    }

    /**
     * Data that no generator of theirs learns from: all splits of all sets, but a tenth of the subjects. That tenth has
     * nothing to do with any set's own split, so that judges know a generator's training subjects no better than its
     * held-out ones.
     */
    public static ExtractorMaterial elsewhere(List<DataSet> sets, List<String> languages) {
        if (sets.stream().mapToInt(DataSet::side).distinct().count() != 1) {
            throw new DataException("judges learn from images of one size, these are of "
                    + sets.stream().map(set -> set.name() + " " + set.side()).collect(Collectors.joining(", ")));
        }
        List<CaptionedImage> all =
                captioned(sets.stream().flatMap(set -> set.images().stream()).toList(), languages);
        List<CaptionedImage> learned =
                all.stream().filter(image -> !isHeldOut(image)).toList();
        return new ExtractorMaterial(
                ExtractorOrigin.Kind.ELSEWHERE,
                sets.stream().map(DataSet::name).collect(Collectors.joining(" and ")),
                sets.size() == 1
                        ? sets.get(0).digest()
                        : Digests.sha256(sets.stream()
                                .map(DataSet::digest)
                                .collect(Collectors.joining("\n"))
                                .getBytes(StandardCharsets.UTF_8)),
                languages,
                shares(sets, learned),
                learned,
                all.stream().filter(ExtractorMaterial::isHeldOut).toList());
    }

    /**
     * A part of the data itself, for which there is no other: its validation images, if there are {@value #ENOUGH}, less a
     * tenth of the subjects; else half of the training subjects. Never the images that figures are made of.
     */
    public static ExtractorMaterial within(DataSet data, List<String> languages) {
        List<CaptionedImage> validation = captioned(data.images(), languages).stream()
                .filter(image -> data.splitOf(image) == Split.VALIDATION)
                .toList();
        boolean enough = validation.size() >= ENOUGH;
        List<CaptionedImage> from = enough
                ? validation
                : captioned(data.images(), languages).stream()
                        .filter(image -> data.splitOf(image) == Split.TRAIN)
                        .toList();
        Map<String, List<CaptionedImage>> bySubject = from.stream()
                .collect(Collectors.groupingBy(
                        CaptionedImage::subject,
                        () -> new TreeMap<>(Comparator.comparingLong(ExtractorMaterial::place)
                                .thenComparing(Comparator.naturalOrder())),
                        Collectors.toList()));
        int subjects = bySubject.size();
        int taken = enough ? subjects - subjects / TENTHS : Math.ceilDiv(subjects, 2);
        List<CaptionedImage> learned =
                bySubject.values().stream().limit(taken).flatMap(List::stream).toList();
        return new ExtractorMaterial(
                enough ? ExtractorOrigin.Kind.VALIDATION : ExtractorOrigin.Kind.HALF,
                data.name(),
                data.digest(),
                languages,
                shares(List.of(data), learned),
                learned,
                bySubject.values().stream().skip(taken).flatMap(List::stream).toList());
    }

    private static List<CaptionedImage> captioned(List<CaptionedImage> images, List<String> languages) {
        return images.stream()
                .filter(image -> languages.stream()
                        .noneMatch(language -> image.captionsIn(language).isEmpty()))
                .toList();
    }

    /** Of a set that does not say whose an image is, the set is the source. */
    private static List<ExtractorOrigin.Share> shares(List<DataSet> sets, List<CaptionedImage> learned) {
        Map<String, DataSource> known = new HashMap<>();
        IdentityHashMap<CaptionedImage, String> unstated = new IdentityHashMap<>();
        for (DataSet set : sets) {
            set.sources().forEach(source -> known.putIfAbsent(source.id(), source));
            set.images().forEach(image -> unstated.put(image, set.name()));
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        learned.forEach(image -> counts.merge(
                Objects.requireNonNullElseGet(image.source(), () -> String.valueOf(unstated.get(image))),
                1,
                Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> new ExtractorOrigin.Share(
                        known.getOrDefault(entry.getKey(), DataSource.unstated(entry.getKey())), entry.getValue()))
                .toList();
    }

    private static long place(String subject) {
        return Digests.fingerprint("judges " + subject);
    }

    private static boolean isHeldOut(CaptionedImage image) {
        return Math.floorMod(place(image.subject()), TENTHS) == 0;
    }
}
