package dev.limner.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is said of one picture in the forms people write it: plain text, one caption a line; JSON with
 * {@code captions} by language, or {@code caption} or {@code text} as a string or a list; a class. Blank captions are
 * dropped here and a picture without any is reported by whoever asked.
 */
final class Captions {
    private static final Set<String> DESCRIPTIONS = Set.of("txt", "caption", "json", "cls");
    private static final List<String> PLAIN_KEYS = List.of("caption", "text", "captions", "texts");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String language;
    private final Map<String, Set<String>> byLanguage = new LinkedHashMap<>();
    private @Nullable String label;
    private @Nullable Split split;

    /** @param language of captions that do not name theirs */
    Captions(String language) {
        this.language = language;
    }

    /** @param extension in lower case, without the dot */
    static boolean isDescription(String extension) {
        return DESCRIPTIONS.contains(extension);
    }

    /** @throws DataException if the content is not what the extension says */
    void add(String extension, String content) {
        switch (extension) {
            case "txt", "caption" -> content.lines().forEach(line -> put(language, line));
            case "cls" -> label = content.strip();
            default -> addJson(content);
        }
    }

    /** @throws DataException if it is no JSON object, or a caption in it is no text */
    void addJson(String content) {
        try {
            add(JSON.readTree(content));
        } catch (JsonProcessingException e) {
            throw new DataException("malformed JSON: " + e.getOriginalMessage(), e);
        }
    }

    void add(JsonNode description) {
        if (!description.isObject()) {
            throw new DataException("a JSON object is needed, found " + description.getNodeType());
        }
        for (String key : PLAIN_KEYS) {
            addNode(key, description.path(key), language);
        }
        if (description.hasNonNull("label")) {
            label = description.path("label").asText();
        }
        if (description.hasNonNull("split")) {
            split = Split.parse(description.path("split").asText());
        }
    }

    private void addNode(String key, JsonNode node, String in) {
        switch (node.getNodeType()) {
            case STRING -> put(in, node.textValue());
            case ARRAY -> node.forEach(entry -> addNode(key, entry, in));
            case OBJECT -> node.properties().forEach(entry -> addNode(key, entry.getValue(), entry.getKey()));
            case MISSING, NULL -> {}
            case BINARY, BOOLEAN, NUMBER, POJO ->
                throw new DataException(key + " is " + node + ", must be text, a list of texts or texts by language");
        }
    }

    private void put(String in, String caption) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(caption)) {
            throw new DataException("a caption holds half a surrogate pair, which is no character");
        }
        String text = caption.strip().replaceAll("\\s+", " ");
        if (!text.isEmpty()) {
            byLanguage.computeIfAbsent(in, key -> new LinkedHashSet<>()).add(text);
        }
    }

    RawPicture describe(String place, String key, byte[] file) {
        Map<String, List<String>> captions = new LinkedHashMap<>();
        byLanguage.forEach((in, texts) -> captions.put(in, new ArrayList<>(texts)));
        return new RawPicture(place, key, file, captions, label, split);
    }
}
