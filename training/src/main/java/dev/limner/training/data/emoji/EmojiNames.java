package dev.limner.training.data.emoji;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.training.data.DataException;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.PinnedPackage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What emoji are called: names and keywords of Unicode's Common Locale Data Repository, from the npm package
 * {@code emojibase-data}.
 *
 * @param names the package
 * @param languages of the captions, each a folder of the package
 */
public record EmojiNames(NpmPackage names, List<String> languages) {
    /** The package whose content is known. */
    public static final PinnedPackage PACKAGE = new PinnedPackage(
            "emojibase-data",
            "17.0.0",
            "sha512-Yvgb5AWoHViHV/gq1qr5ZAarcBip+B27/ZLRsUJkbgAEaLlZ/fof9g882LTpmEpyhBNEC0m2SEmItljHsTygjA==");

    /** Unicode's groups, in the order of their numbers. */
    public static final List<String> CATEGORIES = List.of(
            "Smileys & Emotion",
            "People & Body",
            "Component",
            "Animals & Nature",
            "Food & Drink",
            "Travel & Places",
            "Activities",
            "Objects",
            "Symbols",
            "Flags");

    private static final int MOST_TAGS = 5;

    public EmojiNames {
        languages = List.copyOf(languages);
        if (languages.isEmpty()) {
            throw new DataException("captions need at least one language");
        }
    }

    /**
     * One emoji.
     *
     * @param category of {@link #CATEGORIES}
     * @param captions language to captions, the plainest first
     */
    record Named(EmojiCode code, String category, Map<String, List<String>> captions) {}

    /** The language for which the package holds no names. */
    Optional<String> complaint() {
        Map<String, byte[]> found = entries();
        return languages.stream()
                .filter(language -> !found.containsKey(file(language)))
                .map(this::noNames)
                .findFirst();
    }

    private String noNames(String language) {
        return names.tarball() + " holds no names in the language '" + language + "'";
    }

    private static String file(String language) {
        return language + "/data.json";
    }

    private Map<String, byte[]> entries() {
        List<String> files = languages.stream().map(EmojiNames::file).toList();
        return names.entries(files::contains);
    }

    /**
     * Every emoji, without variants of skin tone, in the order of the first language's file.
     *
     * @throws DataException if the package holds no names in one of the languages
     */
    List<Named> all() {
        Map<String, byte[]> found = entries();
        Map<EmojiCode, Named> all = new LinkedHashMap<>();
        for (String language : languages) {
            if (!found.containsKey(file(language))) {
                throw new DataException(noNames(language));
            }
            for (JsonNode emoji : names.json(found, file(language))) {
                EmojiCode code = EmojiCode.parse(emoji.path("hexcode").asText()).orElse(null);
                int group = emoji.path("group").asInt(-1);
                // Letters of flags are in no group: alone they are no pictures.
                if (code != null && group >= 0 && group < CATEGORIES.size()) {
                    all.computeIfAbsent(code, key -> new Named(key, CATEGORIES.get(group), new LinkedHashMap<>()))
                            .captions()
                            .put(language, captions(emoji));
                }
            }
        }
        return List.copyOf(all.values());
    }

    /** The name, the name with keywords, and keywords alone: how people ask for an emoji. */
    private static List<String> captions(JsonNode emoji) {
        String label = emoji.path("label").asText();
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : emoji.path("tags")) {
            if (tags.size() < MOST_TAGS && !tag.asText().equals(label)) {
                tags.add(tag.asText());
            }
        }
        List<String> captions = new ArrayList<>(List.of(label));
        if (!tags.isEmpty()) {
            captions.add(label + ", " + String.join(", ", tags));
            captions.add(String.join(" ", tags));
        }
        return captions;
    }
}
