package dev.limner.generator.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.network.film.FilmArchitecture;
import dev.limner.generator.network.film.FilmGenerator;

/**
 * Manifests of format 1, which knew one network: {@code architecture} was the word {@code limner} and {@code generator} its shape.
 * They are read as if they were of format 2; their digest stays that of the file.
 */
final class ManifestFormat1 {
    static final int FORMAT = 1;

    private static final String ARCHITECTURE = "architecture";
    private static final String GENERATOR = "generator";
    private static final String LIMNER = "limner";

    private ManifestFormat1() {}

    /** Whether a manifest says that it is one. */
    static boolean is(JsonNode manifest) {
        return manifest.path("format").isInt() && manifest.path("format").intValue() == FORMAT;
    }

    /** The id of the network, as format 2 calls it. */
    static String architecture(JsonNode manifest) {
        String name = manifest.path(ARCHITECTURE).asText();
        return name.equals(LIMNER) ? FilmArchitecture.ID : name;
    }

    /**
     * The same with the keys of format 2.
     *
     * @param manifest of a network that is known
     * @throws IllegalArgumentException naming the key if there is no network of its shape
     */
    static ObjectNode upgraded(JsonNode manifest, ObjectMapper json) {
        FilmGenerator generator = new FilmArchitecture().generator(manifest.path(GENERATOR));
        ObjectNode upgraded = manifest.deepCopy();
        upgraded.remove(GENERATOR);
        upgraded.set(ARCHITECTURE, json.valueToTree(NetworkDescription.of(generator)));
        upgraded.set("inputs", json.valueToTree(generator.inputs()));
        upgraded.set("output", json.valueToTree(generator.output()));
        return upgraded;
    }
}
