package dev.limner.generator.network;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A family of generators. One is found by {@link java.util.ServiceLoader}: one class and one line in
 * {@code META-INF/services} add it to training, bundles and the worker. Stateless; safe from any thread.
 */
public interface Architecture {
    /** How recipes and manifests name it: lower-case letters, digits and hyphens. Never changes. */
    String id();

    /**
     * A generator of this family.
     *
     * @param spec its shape, as a recipe or a manifest holds it
     * @throws IllegalArgumentException naming the key, as {@code architecture.KEY}, and the value if there is none of this shape
     */
    Generator generator(JsonNode spec);
}
