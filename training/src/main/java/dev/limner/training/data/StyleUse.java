package dev.limner.training.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an image's style is told to a model, besides being recorded.
 *
 * @param asLabel whether it is the image's class
 * @param inCaption whether each caption ends with it
 */
public record StyleUse(boolean asLabel, boolean inCaption) {
    /** Nowhere. */
    public static final StyleUse NONE = new StyleUse(false, false);

    private static final String CAPTION = "CAPTION";
    private static final String STYLE = "STYLE";

    /** By language; others put a comma between the two. */
    private static final Map<String, String> WORDING = Map.ofEntries(
            Map.entry("en", "CAPTION, in the STYLE style"),
            Map.entry("en-gb", "CAPTION, in the STYLE style"),
            Map.entry("zh", "CAPTION，STYLE风格"),
            Map.entry("zh-hant", "CAPTION，STYLE風格"),
            Map.entry("ja", "CAPTION、STYLEスタイル"),
            Map.entry("de", "CAPTION, im Stil STYLE"),
            Map.entry("fr", "CAPTION, dans le style STYLE"),
            Map.entry("es", "CAPTION, en estilo STYLE"),
            Map.entry("es-mx", "CAPTION, en estilo STYLE"),
            Map.entry("it", "CAPTION, in stile STYLE"),
            Map.entry("pt", "CAPTION, no estilo STYLE"),
            Map.entry("nl", "CAPTION, in de stijl STYLE"));

    /** The class of an image in this style. */
    public @Nullable String label(String style) {
        return asLabel ? style : null;
    }

    /** The captions of an image in this style. */
    public Map<String, List<String>> captions(Map<String, List<String>> plain, String style) {
        if (!inCaption) {
            return plain;
        }
        Map<String, List<String>> styled = new LinkedHashMap<>();
        plain.forEach((language, captions) -> styled.put(
                language,
                captions.stream()
                        .map(caption -> sentence(language, caption, style))
                        .toList()));
        return styled;
    }

    private static String sentence(String language, String caption, String style) {
        // Styles first: a caption may hold the word STYLE.
        return WORDING.getOrDefault(language, "CAPTION, STYLE")
                .replace(STYLE, style.replace('-', ' '))
                .replace(CAPTION, caption);
    }
}
