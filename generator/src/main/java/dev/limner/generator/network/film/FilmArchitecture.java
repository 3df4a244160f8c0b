package dev.limner.generator.network.film;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.generator.network.Architecture;
import dev.limner.protocol.text.JsonReasons;

/** {@code film}: {@link FilmGenerator} by the shape that {@link FilmSpec} describes. The default. */
public final class FilmArchitecture implements Architecture {
    /** {@link #id()}. Bundles of format 1 called it {@code limner}. */
    public static final String ID = "film";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public FilmGenerator generator(JsonNode spec) {
        try {
            return new FilmGenerator(JSON.treeToValue(spec, FilmSpec.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("architecture.spec: " + JsonReasons.of(e), e);
        }
    }
}
