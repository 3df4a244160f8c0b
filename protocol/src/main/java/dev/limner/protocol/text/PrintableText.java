package dev.limner.protocol.text;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Text that somebody else made, for a terminal. What a terminal obeys or what changes the order of the line is shown as
 * <code>&#92;uXXXX</code>, the way JSON writes it: control characters (ESC and the C1 range among them), marks that turn
 * the direction of writing, line and paragraph separators, halves of surrogate pairs. Bytes that are no UTF-8 are shown as
 * U+FFFD.
 */
public final class PrintableText {
    /** Characters of a value that are shown; the rest is counted. */
    public static final int LONGEST = 1000;

    private PrintableText() {}

    /** A value on one line, line breaks escaped as well, and cut with a note if it is longer than {@link #LONGEST}. */
    public static String line(@Nullable String text) {
        if (text == null) {
            return "(none)";
        }
        if (text.length() <= LONGEST) {
            return escape(text, false);
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return escape(text.substring(0, end), false) + "... (" + (text.length() - end) + " more characters)";
    }

    /** The same for bytes that ought to be UTF-8. */
    public static String line(byte @Nullable [] bytes) {
        return line(bytes == null ? null : new String(bytes, StandardCharsets.UTF_8));
    }

    /** A value on one line, however long. */
    public static String whole(String text) {
        return escape(text, false);
    }

    /** Text of several lines: line breaks and tabs stay as they are, nothing is cut. */
    public static String text(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean lines) {
        StringBuilder shown = null;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            int length = Character.charCount(point);
            if (isHarmless(point)
                    || (lines && (point == '\n' || point == '\t'))
                    || (lines && point == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n')) {
                if (shown != null) {
                    shown.appendCodePoint(point);
                }
            } else {
                if (shown == null) {
                    shown = new StringBuilder(text.length() + 16).append(text, 0, at);
                }
                for (char unit : Character.toChars(point)) {
                    shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
            at += length;
        }
        return shown == null ? text : shown.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> !turns(point);
        };
    }

    /** Whether a character changes the direction in which others are shown. */
    private static boolean turns(int point) {
        return (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2066 && point <= 0x2069)
                || point == 0x200E
                || point == 0x200F
                || point == 0x061C;
    }
}
