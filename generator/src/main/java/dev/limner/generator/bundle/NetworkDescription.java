package dev.limner.generator.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.Generator;

/**
 * Which network a bundle's weights belong to.
 *
 * @param id of its {@link dev.limner.generator.network.Architecture}
 * @param spec its shape, as the architecture reads it
 */
public record NetworkDescription(String id, JsonNode spec) {
    public NetworkDescription {
        if (spec == null || spec.isNull()) {
            throw new IllegalArgumentException("manifest architecture.spec is missing");
        }
    }

    /** What a manifest says of a network. */
    public static NetworkDescription of(Generator generator) {
        return new NetworkDescription(generator.architecture(), generator.spec());
    }

    /** @throws IllegalArgumentException naming the id or the key if this build has no such network */
    public Generator generator() {
        return Architectures.all()
                .find(id)
                .orElseThrow(() -> new IllegalArgumentException(
                        "architecture '" + id + "' is unknown, this build has " + Architectures.all()))
                .generator(spec);
    }
}
