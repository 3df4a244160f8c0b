package dev.limner.training.data.icon;

import java.util.List;
import java.util.Set;

/**
 * An icon's name, as in {@code account-off-outline}, parted into what it shows and how.
 *
 * @param stem what it shows, {@code account}
 * @param variant how, {@code off-outline}; empty if the name says nothing of it
 */
record IconName(String stem, String variant) {
    /** Last words of names that tell variants of one icon apart. */
    private static final Set<String> VARIANTS = Set.of(
            "outline",
            "outlined",
            "filled",
            "fill",
            "solid",
            "line",
            "linear",
            "regular",
            "bold",
            "thin",
            "light",
            "medium",
            "duotone",
            "twotone",
            "rounded",
            "round",
            "sharp",
            "off",
            "on",
            "slash",
            "disabled",
            "variant",
            "alt",
            "dashed",
            "dotted",
            "broken",
            "small",
            "big",
            "large",
            "mini",
            "micro");

    static IconName of(String name) {
        List<String> words = List.of(name.split("-"));
        int kept = words.size();
        while (kept > 1 && isVariant(words.get(kept - 1))) {
            kept--;
        }
        return new IconName(
                String.join("-", words.subList(0, kept)), String.join("-", words.subList(kept, words.size())));
    }

    /** Sets number variants as in {@code cat-2}, and add the size as in {@code cat-16}. */
    private static boolean isVariant(String word) {
        return VARIANTS.contains(word) || word.matches("\\d{1,3}");
    }

    /** A name as people say it. */
    static String words(String name) {
        return name.replace('-', ' ').strip();
    }
}
