package dev.limner.generator.condition;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Remembers the most used captions of a {@link TextEncoder}. */
public final class CachingTextEncoder implements TextEncoder {
    private final TextEncoder encoder;
    private final Cache<String, CaptionEncoding> cache;

    /** @param captions how many captions are kept; at 384 dimensions one takes about 2 KiB */
    public CachingTextEncoder(TextEncoder encoder, int captions) {
        this.encoder = encoder;
        this.cache = Caffeine.newBuilder().maximumSize(captions).build();
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
        return cache.get(caption, encoder::encode);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
