package dev.limner.worker.drill;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;

/**
 * A text encoder that throws an error on order. The one of a worker without a model, which takes every caption whole,
 * gets a window and a vocabulary, so that its results carry warnings that anybody can foretell. Safe from any thread.
 */
public final class FaultyTextEncoder implements TextEncoder {
    /** Code points that fit the pretended window. */
    public static final int WINDOW = 200;

    private final TextEncoder encoder;
    private final FaultInjector drill;
    private final boolean pretends;

    public FaultyTextEncoder(TextEncoder encoder, FaultInjector drill) {
        this.encoder = encoder;
        this.drill = drill;
        this.pretends = encoder.id().equals("sha-256");
    }

    @Override
    public String id() {
        return encoder.id();
    }

    @Override
    public int dimensions() {
        return encoder.dimensions();
    }

    /** A caption without a single ASCII letter counts as unknown, one beyond {@link #WINDOW} as cut. */
    @Override
    public CaptionEncoding encode(String caption) {
        drill.failIfOrdered();
        CaptionEncoding encoding = encoder.encode(caption);
        if (!pretends) {
            return encoding;
        }
        boolean known = caption.chars().anyMatch(letter -> letter < 0x80 && Character.isLetter(letter));
        boolean cut = caption.codePointCount(0, caption.length()) > WINDOW;
        return new CaptionEncoding(encoding.embedding(), 1, known ? 0 : 1, cut);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
