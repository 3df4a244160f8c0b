package dev.limner.protocol.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** JSON as bytes, without loss. */
public final class JsonBytes {
    private JsonBytes() {}

    /**
     * A document in UTF-8. Half a surrogate pair, which UTF-8 has no bytes for and encoders put a question mark for, stays as
     * it was written, as an escape: who reads it can refuse it.
     */
    public static byte[] of(JsonNode node) {
        String text = node.toString();
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (Character.getType(point) == Character.SURROGATE) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                escaped.appendCodePoint(point);
            }
        });
        return escaped.toString().getBytes(StandardCharsets.UTF_8);
    }
}
