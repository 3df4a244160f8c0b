package dev.limner.generator.network.film;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.Architecture;
import dev.limner.generator.network.SpecJson;

/** {@code film}: {@link FilmGenerator} by the shape that {@link FilmSpec} describes. The default. */
public final class FilmArchitecture implements Architecture {
    /** {@link #id()}. Bundles of format 1 called it {@code limner}. */
    public static final String ID = "film";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public FilmGenerator generator(JsonNode spec) {
        return new FilmGenerator(SpecJson.read(spec, FilmSpec.class));
    }
}
