package dev.limner.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The sample data set: Noto emoji at 64x64 with captions from CLDR names and keywords, read from the npm packages
 * {@code emoji-datasource-google} (pictures, Apache-2.0) and {@code emojibase-data} (names, MIT).
 */
public final class EmojiImport {
    private static final int SIDE = 64;
    private static final int MOST_TAGS = 5;
    private static final String PICTURES = "package/img/google/64/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private EmojiImport() {}

    /**
     * Reads both packages.
     *
     * @param picturesPackage the tarball of {@code emoji-datasource-google}
     * @param namesPackage the tarball of {@code emojibase-data}
     * @param languages languages of the captions, each a folder of the names package
     * @param skipped told of each emoji that is left out, and why
     * @return the emoji without skin-tone variants, in Unicode's order
     */
    public static List<CaptionedImage> read(
            Path picturesPackage, Path namesPackage, List<String> languages, Shards.Skipped skipped) {
        Map<String, byte[]> names = entries(
                namesPackage,
                languages.stream()
                        .map(language -> "package/" + language + "/data.json")
                        .toList());
        Map<String, Map<String, List<String>>> captions = new LinkedHashMap<>();
        for (String language : languages) {
            byte[] bytes = names.get("package/" + language + "/data.json");
            if (bytes == null) {
                throw new DataException(namesPackage + " holds no names in the language '" + language + "'");
            }
            captions.put(language, captionsByCode(tree(namesPackage, bytes)));
        }
        Map<String, byte[]> files = entries(picturesPackage, List.of("package/emoji.json", PICTURES));
        byte[] index = files.get("package/emoji.json");
        if (index == null) {
            throw new DataException(picturesPackage + " holds no package/emoji.json");
        }
        List<CaptionedImage> images = new ArrayList<>();
        for (JsonNode emoji : tree(picturesPackage, index)) {
            String code = code(emoji.path("unified").asText());
            byte[] picture = files.get(PICTURES + emoji.path("image").asText());
            Map<String, List<String>> mine = new HashMap<>();
            captions.forEach((language, byCode) -> {
                List<String> found = byCode.get(code);
                if (found != null) {
                    mine.put(language, found);
                }
            });
            if (picture == null || mine.isEmpty()) {
                skipped.skip(code, picture == null ? "no picture" : "no name");
                continue;
            }
            try {
                images.add(new CaptionedImage(code.toLowerCase(Locale.ROOT), Pictures.decode(picture, SIDE), mine));
            } catch (IOException e) {
                skipped.skip(code, String.valueOf(e.getMessage()));
            }
        }
        return images;
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
        try (InputStream file = Files.newInputStream(tarball);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(file)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName();
                if (entry.isFile() && prefixes.stream().anyMatch(name::startsWith)) {
                    found.put(name, tar.readAllBytes());
                }
            }
            return found;
        } catch (IOException e) {
            throw new DataException("the package " + tarball + " cannot be read: " + e.getMessage(), e);
        }
    }
}
