package dev.limner.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sample data set and its kin: emoji at 64x64 with captions from CLDR names and keywords, read from the npm packages of
 * an {@link EmojiArtwork} (images) and {@code emojibase-data} (names, MIT); without skin-tone variants, in Unicode's
 * order.
 *
 * @param artwork whose images
 * @param imagesPackage the tarball of the artwork's package
 * @param namesPackage the tarball of {@code emojibase-data}
 * @param languages languages of the captions, each a folder of the names package
 * @param category only emoji of this one, as in {@code Animals & Nature}; null for all
 */
public record EmojiSource(
        EmojiArtwork artwork,
        Path imagesPackage,
        Path namesPackage,
        List<String> languages,
        @Nullable String category) implements RawImage.Source {
    private static final int MOST_TAGS = 5;
    private static final String INDEX = "package/emoji.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public EmojiSource {
        languages = List.copyOf(languages);
    }

    /** What the packages do not have of the category and the languages; looks at no image. */
    public Optional<String> complaint() {
        Map<String, byte[]> names =
                entries(namesPackage, languages.stream().map(EmojiSource::data).toList());
        for (String language : languages) {
            if (!names.containsKey(data(language))) {
                return Optional.of(noNames(language));
            }
        }
        return category == null ? Optional.empty() : complaint(index(entries(imagesPackage, List.of(INDEX))));
    }

    @Override
    public void read(RawImage.Receiver receiver, SkippedEntries skipped) {
        Map<String, Map<String, List<String>>> captions = captions();
        Map<String, byte[]> files = entries(imagesPackage, List.of(INDEX, artwork.folder()));
        JsonNode all = index(files);
        complaint(all).ifPresent(wrong -> {
            throw new DataException(wrong);
        });
        for (JsonNode emoji : all) {
            if (category != null && !category.equals(emoji.path("category").asText())) {
                continue;
            }
            String code = code(emoji.path("unified").asText());
            String key = code.toLowerCase(Locale.ROOT);
            byte[] image = files.get(artwork.folder() + emoji.path("image").asText());
            if (image == null) {
                skipped.skip(
                        key,
                        SkippedEntries.Reason.NO_PICTURE,
                        emoji.path("image").asText());
                continue;
            }
            Map<String, List<String>> mine = new HashMap<>();
            captions.forEach((language, byCode) -> {
                List<String> found = byCode.get(code);
                if (found != null) {
                    mine.put(language, found);
                }
            });
            receiver.take(new RawImage(key, key, image, mine, null, null));
        }
    }

    private JsonNode index(Map<String, byte[]> files) {
        byte[] index = files.get(INDEX);
        if (index == null) {
            throw new DataException(imagesPackage + " holds no " + INDEX);
        }
        return tree(imagesPackage, index);
    }

    private Optional<String> complaint(JsonNode all) {
        Set<String> categories = new TreeSet<>();
        all.forEach(emoji -> categories.add(emoji.path("category").asText()));
        return category == null || categories.contains(category)
                ? Optional.empty()
                : Optional.of(
                        "there is no category '" + category + "' of emoji, there are " + String.join(", ", categories));
    }

    private String noNames(String language) {
        return namesPackage + " holds no names in the language '" + language + "'";
    }

    private static String data(String language) {
        return "package/" + language + "/data.json";
    }

    /** Language to code to captions. */
    private Map<String, Map<String, List<String>>> captions() {
        Map<String, byte[]> names =
                entries(namesPackage, languages.stream().map(EmojiSource::data).toList());
        Map<String, Map<String, List<String>>> captions = new LinkedHashMap<>();
        for (String language : languages) {
            byte[] bytes = names.get(data(language));
            if (bytes == null) {
                throw new DataException(noNames(language));
            }
            captions.put(language, captionsByCode(tree(namesPackage, bytes)));
        }
        return captions;
    }

    private static Map<String, List<String>> captionsByCode(JsonNode names) {
        Map<String, List<String>> byCode = new HashMap<>();
        for (JsonNode emoji : names) {
            byCode.put(code(emoji.path("hexcode").asText()), captions(emoji));
        }
        return byCode;
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
        List<String> captions = new ArrayList<>();
        captions.add(label);
        if (!tags.isEmpty()) {
            captions.add(label + ", " + String.join(", ", tags));
            captions.add(String.join(" ", tags));
        }
        return List.copyOf(captions);
    }

    /** Variation selectors are written by one package and left out by the other. */
    private static String code(String sequence) {
        return sequence.toUpperCase(Locale.ROOT).replace("-FE0F", "");
    }

    private static JsonNode tree(Path source, byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new DataException(source + " holds malformed JSON: " + e.getMessage(), e);
        }
    }

    private static Map<String, byte[]> entries(Path tarball, List<String> prefixes) {
        Map<String, byte[]> found = new HashMap<>();
        TarReader.walkWhole(tarball, (name, size, content) -> {
            if (prefixes.stream().anyMatch(name::startsWith)) {
                found.put(name, content.readAllBytes());
            }
        });
        return found;
    }
}
