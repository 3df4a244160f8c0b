package dev.limner.worker.text;

import dev.limner.generator.text.CaptionEncoding;
import dev.limner.generator.text.TextEncoder;

/** The text encoder of a worker without a model: every caption is the same. Safe from any thread. */
public final class ConstantTextEncoder implements TextEncoder {
    private static final CaptionEncoding ENCODING = new CaptionEncoding(new float[] {1}, 1, 0, false);

    @Override
    public String id() {
        return "constant";
    }

    @Override
    public int dimensions() {
        return ENCODING.embedding().length;
    }

    @Override
    public CaptionEncoding encode(String caption) {
        return ENCODING;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
