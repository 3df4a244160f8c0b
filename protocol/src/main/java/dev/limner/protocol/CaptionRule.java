package dev.limner.protocol;

import dev.limner.protocol.text.TextFile;
import java.text.Normalizer;

/** What a caption may be, in a job and in feedback. */
final class CaptionRule {
    static final int MOST_CHARACTERS = 1000;

    private CaptionRule() {}

    /**
     * The caption as it is generated: trimmed, in Unicode's composed form.
     *
     * @throws InvalidRecord naming {@code field} if it breaks a rule
     */
    static String normalised(String field, String written) throws InvalidRecord {
        String caption = written.strip();
        if (caption.codePoints().allMatch(CaptionRule::invisible)) {
            throw new InvalidRecord(
                    RecordError.of(ErrorCode.CAPTION_EMPTY, field, written, "must have a visible character"));
        }
        if (caption.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.CAPTION_INVALID_UNICODE, field, written, "must not hold half a surrogate pair"));
        }
        if (TextFile.hasLostCharacters(caption)) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.CAPTION_INVALID_UNICODE,
                    field,
                    written,
                    "must not hold U+FFFD, which stands for a character that was lost on the way"));
        }
        if (caption.codePoints().anyMatch(Character::isISOControl)) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.CAPTION_CONTROL_CHARACTERS, field, written, "must not hold control characters"));
        }
        int length = caption.codePointCount(0, caption.length());
        if (length > MOST_CHARACTERS) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.CAPTION_TOO_LONG,
                    field,
                    written,
                    "has " + length + " characters, at most " + MOST_CHARACTERS));
        }
        // Equal to a reader means equal to the encoder, however the characters were typed.
        return Normalizer.normalize(caption, Normalizer.Form.NFC);
    }

    /** Whether a short text, such as a label, can be written down and read again as it is. */
    static boolean isPlain(String text) {
        return text.codePoints()
                .noneMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
    }

    private static boolean invisible(int point) {
        int type = Character.getType(point);
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || type == Character.FORMAT;
    }
}
