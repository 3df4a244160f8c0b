package dev.limner.training.data;

import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Digests;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an image is for. */
public enum Split {
    /** Learned from. */
    TRAIN,
    /** Held out: only ever compared against. */
    TEST;

    private static final int PERCENT = 100;
    private static final int HEX_DIGITS = 6;

    /**
     * The split of an image: a function of its pixels alone, so that it stays where it is when more data arrives, under
     * whatever name and in whatever order.
     *
     * @param heldOutPercent how many images of a hundred are held out
     */
    public static Split of(Pixels pixels, int heldOutPercent) {
        int bucket = Integer.parseInt(Digests.sha256(pixels.rgb()), 0, HEX_DIGITS, 16) % PERCENT;
        return bucket < heldOutPercent ? TEST : TRAIN;
    }

    /** What other data sets call theirs, in lower case. What is kept from training is held out, whatever it is for. */
    private static final Map<String, Split> NAMES = Map.ofEntries(
            Map.entry("train", TRAIN),
            Map.entry("training", TRAIN),
            Map.entry("test", TEST),
            Map.entry("testing", TEST),
            Map.entry("val", TEST),
            Map.entry("valid", TEST),
            Map.entry("validation", TEST),
            Map.entry("dev", TEST),
            Map.entry("development", TEST),
            Map.entry("eval", TEST),
            Map.entry("evaluation", TEST),
            Map.entry("holdout", TEST),
            Map.entry("held-out", TEST));

    /** As data sets write it: {@code train} or {@code test}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A split by any name that people give it, in any case; empty for other names. */
    public static Optional<Split> named(String written) {
        return Optional.ofNullable(NAMES.get(written.strip().toLowerCase(Locale.ROOT)));
    }

    /** The names, for people. */
    static String names() {
        return "train, or one of " + heldOutNames() + ", which are held out";
    }

    private static String heldOutNames() {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue() == TEST)
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
