package dev.limner.generator.condition;

/**
 * A caption as the networks see it.
 *
 * @param embedding the sentence embedding, L2-normalised; not to be changed by the reader
 * @param tokens how many word pieces the encoder read, without the two markers
 * @param unknown how many of them it did not know
 * @param truncated whether the caption was longer than the encoder's window
 */
public record CaptionEncoding(float[] embedding, int tokens, int unknown, boolean truncated) {
    /** Whether at least half of what the encoder read was unknown to it: a caption in a language it never saw. */
    public boolean mostlyUnknown() {
        return tokens == 0 || 2 * unknown >= tokens;
    }
}
