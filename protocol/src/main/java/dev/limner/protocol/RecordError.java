package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a record that somebody sent.
 *
 * @param field the offending field, dotted where nested; absent where the whole record is wrong
 * @param value the offending value, cut to 120 characters, control characters escaped
 * @param message one sentence for a person, cut to 1,000 characters
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecordError(
        ErrorCode code, @Nullable String field, @Nullable String value, String message) {
    private static final String ELLIPSIS = "...";
    private static final int MOST_VALUE_CHARACTERS = 120;

    /** Room for a value of nothing but escapes and the rule behind it. */
    private static final int MOST_MESSAGE_CHARACTERS = 1000;

    public RecordError {
        value = value == null ? null : printable(value);
        message = bounded(printableWhole(message));
    }

    /** A problem with one field's value. */
    public static RecordError of(ErrorCode code, String field, @Nullable Object value, String rule) {
        String shown = value == null ? null : printable(value.toString());
        return new RecordError(code, field, shown, field + (shown == null ? "" : " is '" + shown + "',") + " " + rule);
    }

    /** A problem with the record as a whole. */
    public static RecordError ofRecord(ErrorCode code, String message) {
        return new RecordError(code, null, null, message);
    }

    static String bounded(String message) {
        if (message.length() <= MOST_MESSAGE_CHARACTERS) {
            return message;
        }
        int end = MOST_MESSAGE_CHARACTERS - ELLIPSIS.length();
        // Not between the two halves of a character.
        return message.substring(0, Character.isHighSurrogate(message.charAt(end - 1)) ? end - 1 : end) + ELLIPSIS;
    }

    private static String printable(String text) {
        int end = text.offsetByCodePoints(0, Math.min(MOST_VALUE_CHARACTERS, text.codePointCount(0, text.length())));
        String cut = printableWhole(text.substring(0, end));
        return end < text.length() ? cut + ELLIPSIS : cut;
    }

    /** Whatever a terminal or a log could take for more than text is written as an escape. */
    private static String printableWhole(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            int type = Character.getType(point);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                out.append(String.format("\\u%04X", point));
            } else {
                out.appendCodePoint(point);
            }
        });
        return out.toString();
    }
}
