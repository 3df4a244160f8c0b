package dev.limner.generator.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.GeneratorSpec;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of itself. The digest is SHA-256 over the canonical form of everything else (keys sorted, no
 * whitespace), and the weights' own digest is part of that, so one string names a model exactly.
 *
 * @param format version of this record; a reader refuses what it does not know
 * @param name the model's name, as jobs ask for it
 * @param digest lower-case hexadecimal SHA-256 of the canonical manifest
 * @param architecture the family of networks; only {@code limner} so far
 * @param generator the network's shape
 * @param textEncoder the encoder whose embeddings the network was trained on
 * @param weights the weights file
 * @param parent digest of the model this one was tuned from
 * @param recipe the recipe it was trained with, as data
 * @param trainedOn data sets and step counts, so that the version can be rebuilt
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        int format,
        String name,
        String digest,
        String architecture,
        GeneratorSpec generator,
        String textEncoder,
        WeightsFile weights,
        @Nullable String parent,
        @Nullable JsonNode recipe,
        @Nullable JsonNode trainedOn) {
    /** The version of this record that this build reads and writes. */
    public static final int FORMAT = 1;

    /** The one architecture this build can draw with. */
    public static final String LIMNER = "limner";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public Manifest {
        require(format == FORMAT, "format", format, "must be " + FORMAT);
        require(NAME.matcher(name).matches(), "name", name, "must match " + NAME);
        require(architecture.equals(LIMNER), "architecture", architecture, "must be " + LIMNER);
        require(digest.isEmpty() || SHA256.matcher(digest).matches(), "digest", digest, "must be a SHA-256");
    }

    /**
     * The file that holds the arrays.
     *
     * @param file its name inside the bundle
     * @param sha256 lower-case hexadecimal digest of its bytes
     * @param bytes its length
     */
    public record WeightsFile(String file, String sha256, long bytes) {
        public WeightsFile {
            require(file.equals(ModelBundle.WEIGHTS), "weights.file", file, "must be " + ModelBundle.WEIGHTS);
            require(SHA256.matcher(sha256).matches(), "weights.sha256", sha256, "must be a SHA-256");
            require(bytes > 0, "weights.bytes", bytes, "must be positive");
        }
    }

    Manifest withDigest(String value) {
        return new Manifest(
                format, name, value, architecture, generator, textEncoder, weights, parent, recipe, trainedOn);
    }

    private static void require(boolean fine, String key, Object value, String rule) {
        if (!fine) {
            throw new IllegalArgumentException("manifest " + key + " is " + value + ", " + rule);
        }
    }
}
