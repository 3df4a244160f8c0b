package dev.limner.generator.network;

import java.text.Normalizer;

/** Words of a model that jobs say, as far as a job can say them: {@code label} and the texts in {@code controls}. */
final class ShortText {
    private static final int LONGEST = 200;

    private ShortText() {}

    /** @throws IllegalArgumentException if no job could say the word */
    static void require(String what, String word) {
        if (word.length() > LONGEST) {
            throw new IllegalArgumentException(
                    what + " '" + word.substring(0, LONGEST) + "...', must have 1 to " + LONGEST + " characters");
        }
        if (word.codePoints()
                .anyMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE)) {
            throw new IllegalArgumentException(what + " '" + word + "', must not hold control characters");
        }
    }

    /** The form in which words are compared, however their characters were typed. */
    static String composed(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFC);
    }
}
