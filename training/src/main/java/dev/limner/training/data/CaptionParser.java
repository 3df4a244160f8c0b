package dev.limner.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.text.JsonLines;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is said of one image in the forms people write it: plain text, one caption a line; JSON with
 * {@code captions} by language, or {@code caption} or {@code text} as a string or a list; a class. Blank captions are
 * dropped here and an image without any is reported by whoever asked.
 */
final class CaptionParser {
    private static final Set<String> DESCRIPTIONS = Set.of("txt", "caption", "json", "cls");
    private static final List<String> PLAIN_KEYS = List.of("caption", "text", "captions", "texts");

    private final String language;
    private final Map<String, Set<String>> byLanguage = new LinkedHashMap<>();
    private ImageAttributes attributes = ImageAttributes.NONE;
    private final List<String> unknownSplits = new ArrayList<>();

    /** @param language of captions that do not name theirs */
    CaptionParser(String language) {
        this.language = language;
    }

    /** @param extension in lower case, without the dot */
    static boolean isDescription(String extension) {
        return DESCRIPTIONS.contains(extension);
    }

    /**
     * Adds what a file says.
     *
     * @param name as errors name the file
     * @throws DataException if the content is not what the extension says
     */
    void add(String extension, byte[] content, String name) {
        try {
            switch (extension) {
                case "txt", "caption" -> TextFile.wholeLines(content, name).forEach(line -> put(language, line));
                case "cls" ->
                    attributes =
                            attributes.withLabel(TextFile.whole(content, name).strip());
                default -> add(JsonLines.OF_DATA.document(content, name));
            }
        } catch (TextException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Adds all that a description says, or nothing. */
    void add(JsonNode description) {
        CaptionParser read = new CaptionParser(language);
        read.take(description);
        read.byLanguage.forEach((in, texts) ->
                byLanguage.computeIfAbsent(in, key -> new LinkedHashSet<>()).addAll(texts));
        attributes = read.attributes.or(attributes);
        unknownSplits.addAll(read.unknownSplits);
    }

    private void take(JsonNode description) {
        if (!description.isObject()) {
            throw new DataException("a JSON object is needed, found " + description.getNodeType());
        }
        for (String key : PLAIN_KEYS) {
            addNode(key, description.path(key), language);
        }
        if (isGiven(description.path("label"))) {
            attributes = attributes.withLabel(description.path("label").asText());
        }
        attributes = attributes
                .withSubject(name("subject", description))
                .withStyle(name("style", description))
                .withRole(name("role", description))
                .withSource(name("source", description));
        if (isGiven(description.path("split"))) {
            String written = description.path("split").asText();
            Split split = Split.named(written).orElse(null);
            attributes = attributes.withSplit(split);
            if (split == null && !written.isBlank()) {
                unknownSplits.add("split is '" + written + "', known are " + Split.names());
            }
        }
    }

    private static @Nullable String name(String attribute, JsonNode description) {
        JsonNode node = description.path(attribute);
        if (!isGiven(node)) {
            return null;
        }
        if (!node.isTextual() && !node.isNumber()) {
            throw new DataException(attribute + " is " + node + ", must be text or a number");
        }
        return node.asText();
    }

    private void addNode(String key, JsonNode node, String in) {
        switch (node.getNodeType()) {
            case STRING -> put(in, node.textValue());
            case ARRAY -> node.forEach(entry -> addNode(key, entry, in));
            case OBJECT -> node.properties().forEach(entry -> addNode(key, entry.getValue(), entry.getKey()));
            case MISSING, NULL -> {}
            case BINARY, BOOLEAN, NUMBER, POJO -> {
                if (isGiven(node)) {
                    throw new DataException(
                            key + " is " + node + ", must be text, a list of texts or texts by language");
                }
            }
        }
    }

    /** Python's table libraries write NaN where there is nothing. */
    private static boolean isGiven(JsonNode node) {
        return !node.isMissingNode() && !node.isNull() && !(node.isDouble() && Double.isNaN(node.doubleValue()));
    }

    private void put(String in, String caption) {
        if (caption.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
            throw new DataException("a caption holds half a surrogate pair, which is no character");
        }
        String text = caption.strip().replaceAll("\\s+", " ");
        if (!text.isEmpty()) {
            byLanguage.computeIfAbsent(in, key -> new LinkedHashSet<>()).add(text);
        }
    }

    /** Says what is not used as it was meant. */
    void remark(String place, SkippedEntries skipped) {
        unknownSplits.forEach(said -> skipped.remark(place, SkippedEntries.Remark.SPLIT_UNKNOWN, said));
    }

    RawImage describe(String place, String key, byte[] file) {
        Map<String, List<String>> captions = new LinkedHashMap<>();
        byLanguage.forEach((in, texts) -> captions.put(in, new ArrayList<>(texts)));
        return new RawImage(place, key, file, captions, attributes);
    }
}
