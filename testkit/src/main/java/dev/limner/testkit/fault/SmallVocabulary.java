package dev.limner.testkit.fault;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.worker.fault.FaultPoints;

/**
 * No fault: the text encoder of a worker without a model, which takes every caption whole, gets a window and a
 * vocabulary, so that its results carry warnings that anybody can foretell.
 */
public final class SmallVocabulary implements OrderedFault {
    /** Code points that fit the pretended window. */
    private static final int WINDOW = 200;

    private static final String WITHOUT_MODEL = "sha-256";

    @Override
    public FaultPoints obeying(FaultOrders orders) {
        return new FaultPoints() {
            @Override
            public TextEncoder textEncoder(TextEncoder encoder) {
                return encoder.id().equals(WITHOUT_MODEL) ? pretending(encoder) : encoder;
            }
        };
    }

    private static TextEncoder pretending(TextEncoder encoder) {
        return new ForwardingTextEncoder(encoder) {
            // A caption without a single ASCII letter counts as unknown, one beyond the window as cut.
            @Override
            public CaptionEncoding encode(String caption) {
                boolean known = caption.chars().anyMatch(letter -> letter < 0x80 && Character.isLetter(letter));
                boolean cut = caption.codePointCount(0, caption.length()) > WINDOW;
                return new CaptionEncoding(super.encode(caption).embedding(), 1, known ? 0 : 1, cut);
            }
        };
    }
}
