package dev.limner.training.data;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an image is for. */
public enum Split {
    /** Learned from. */
    TRAIN,
    /** Held out to choose by: among checkpoints, among settings. */
    VALIDATION,
    /** Held out to report on: nothing is chosen by it. */
    TEST;

    private static final int PERCENT = 100;
    private static final int HEX_DIGITS = 6;
    private static final int SUBJECT_DIGITS = 12;

    /**
     * The split of an image in a data set of format 1: a function of its pixels alone. One subject in two styles is then
     * in two splits as often as not.
     *
     * @param heldOutPercent how many images of a hundred are held out
     */
    public static Split of(Pixels pixels, int heldOutPercent) {
        int bucket = Integer.parseInt(Digests.sha256(pixels.rgb()), 0, HEX_DIGITS, 16) % PERCENT;
        return bucket < heldOutPercent ? TEST : TRAIN;
    }

    /**
     * The split of a subject: a function of its name alone, so that all its images are in one split, in whatever style,
     * size and order they arrive.
     *
     * @param validationPercent how many subjects of a hundred are for validation
     * @param testPercent how many are for testing; together with the former at most 100
     */
    public static Split ofSubject(String subject, int validationPercent, int testPercent) {
        String digest = Digests.sha256(subject.getBytes(StandardCharsets.UTF_8));
        int bucket = (int) (Long.parseLong(digest, 0, SUBJECT_DIGITS, 16) % PERCENT);
        // From both ends, so that a set with another share of the one has the same subjects in the other.
        return bucket < testPercent ? TEST : bucket >= PERCENT - validationPercent ? VALIDATION : TRAIN;
    }

    /** What other data sets call theirs, in lower case. */
    private static final Map<String, Split> NAMES = Map.ofEntries(
            Map.entry("train", TRAIN),
            Map.entry("training", TRAIN),
            Map.entry("val", VALIDATION),
            Map.entry("valid", VALIDATION),
            Map.entry("validation", VALIDATION),
            Map.entry("dev", VALIDATION),
            Map.entry("development", VALIDATION),
            Map.entry("test", TEST),
            Map.entry("testing", TEST),
            Map.entry("eval", TEST),
            Map.entry("evaluation", TEST),
            Map.entry("holdout", TEST),
            Map.entry("held-out", TEST));

    /** As data sets write it: {@code train}, {@code validation} or {@code test}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A split by any name that people give it, in any case; empty for other names. */
    public static Optional<Split> named(String written) {
        return Optional.ofNullable(NAMES.get(written.strip().toLowerCase(Locale.ROOT)));
    }

    /** The names, for people. */
    static String names() {
        return Arrays.stream(values())
                .map(split -> split.id() + " (" + split.otherNames() + ")")
                .collect(Collectors.joining(", "));
    }

    private String otherNames() {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue() == this && !entry.getKey().equals(id()))
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
