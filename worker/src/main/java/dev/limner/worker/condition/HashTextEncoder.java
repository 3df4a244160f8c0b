package dev.limner.worker.condition;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.Digests;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The text encoder of a worker without a model: a caption's SHA-256, one number from 0 to 255 a byte. */
public final class HashTextEncoder implements TextEncoder {
    private static final int BYTES = 32;

    @Override
    public String id() {
        return "sha-256";
    }

    @Override
    public int dimensions() {
        return BYTES;
    }

    @Override
    public CaptionEncoding encode(String caption) {
        byte[] digest = HexFormat.of().parseHex(Digests.sha256(caption.getBytes(StandardCharsets.UTF_8)));
        float[] numbers = new float[BYTES];
        for (int i = 0; i < BYTES; i++) {
            numbers[i] = digest[i] & 0xFF;
        }
        return new CaptionEncoding(numbers, 1, 0, false);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
