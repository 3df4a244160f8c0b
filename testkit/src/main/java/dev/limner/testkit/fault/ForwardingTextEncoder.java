package dev.limner.testkit.fault;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;

/** Asks another text encoder everything. Safe from any thread. */
class ForwardingTextEncoder implements TextEncoder {
    private final TextEncoder encoder;

    ForwardingTextEncoder(TextEncoder encoder) {
        this.encoder = encoder;
    }

    @Override
    public String id() {
        return encoder.id();
    }

    @Override
    public int dimensions() {
        return encoder.dimensions();
    }

    @Override
    public CaptionEncoding encode(String caption) {
        return encoder.encode(caption);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
