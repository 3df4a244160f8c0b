package dev.limner.generator.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of itself. The digest is SHA-256 over the canonical form of everything else (keys sorted, no
 * whitespace), and the files' own digests are part of that, so one string names a model exactly.
 *
 * @param format version of this record; a reader refuses what it does not know
 * @param name the model's name, as jobs ask for it
 * @param digest lower-case hexadecimal SHA-256 of the canonical manifest
 * @param architecture the network: its family and its shape
 * @param inputs what it reads for an image, for readers that do not know the family
 * @param output what it makes
 * @param textEncoder the encoder whose embeddings the network was trained on; absent for one that reads no caption
 * @param weights the generator's weights
 * @param discriminator the discriminator's weights, for tuning the model further; nobody generates with them
 * @param probes images that the maker saw it generate
 * @param sequence how many releases lie between this one and the first of its lineage; absent for 0
 * @param parent digest of the model this one was tuned from
 * @param recipe the recipe it was trained with, as data
 * @param trainedOn data sets, step counts and ranges of feedback, so that the version can be rebuilt
 * @param data licences of what it was trained on; absent where nobody recorded them
 * @param metrics what the gate measured when it let the model pass
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        int format,
        String name,
        String digest,
        NetworkDescription architecture,
        ModelInputs inputs,
        ModelOutput output,
        @Nullable String textEncoder,
        WeightsFile weights,
        @Nullable WeightsFile discriminator,
        @Nullable Probes probes,
        @Nullable Long sequence,
        @Nullable String parent,
        @Nullable JsonNode recipe,
        @Nullable JsonNode trainedOn,
        @Nullable List<DataLicence> data,
        @Nullable JsonNode metrics) {
    /** The version of this record that this build writes. It reads the one before as well: {@link ManifestFormat1}. */
    public static final int FORMAT = 2;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    /** Names of a file that lies in the bundle's folder itself. */
    private static final Pattern WEIGHTS = Pattern.compile("[a-z0-9]{1,32}\\.(safetensors|pt)");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException naming the value if no model can be called so */
    public static void requireName(String name) {
        require(NAME.matcher(name).matches(), "name", name, "must match " + NAME);
    }

    public Manifest {
        require(
                format == FORMAT || format == ManifestFormat1.FORMAT,
                "format",
                format,
                "must be " + ManifestFormat1.FORMAT + " or " + FORMAT);
        require(inputs != null, "inputs", null, "must be there");
        require(output != null, "output", null, "must be there");
        require(
                inputs.readsCaption() == (textEncoder != null),
                "textEncoder",
                textEncoder,
                "must be there if and only if the model reads captions");
        require(name != null, "name", null, "must be there");
        requireName(name);
        require(digest != null, "digest", null, "must be there");
        require(architecture != null, "architecture", null, "must be there");
        require(weights != null, "weights", null, "must be there");
        require(digest.isEmpty() || SHA256.matcher(digest).matches(), "digest", digest, "must be a SHA-256");
        require(WEIGHTS.matcher(weights.file()).matches(), "weights.file", weights.file(), "must match " + WEIGHTS);
        require(
                discriminator == null || discriminator.file().equals(BundleFiles.DISCRIMINATOR),
                "discriminator.file",
                discriminator,
                BundleFiles.DISCRIMINATOR);
        data = data == null ? null : List.copyOf(data);
        require(sequence == null || sequence >= 0, "sequence", String.valueOf(sequence), "must be at least 0");
    }

    /**
     * A file that holds arrays.
     *
     * @param file its name inside the bundle
     * @param sha256 lower-case hexadecimal digest of its bytes
     * @param bytes its length
     */
    public record WeightsFile(String file, String sha256, long bytes) {
        public WeightsFile {
            require(file != null && sha256 != null, "weights", null, "must have file and sha256");
            require(SHA256.matcher(sha256).matches(), "weights.sha256", sha256, "must be a SHA-256");
            require(bytes > 0, "weights.bytes", bytes, "must be positive");
        }
    }

    /**
     * Images that the maker saw the model generate: {@link dev.limner.generator.image.ProbeSheet}.
     *
     * @param profile the execution profile they were generated on, where they come out the same to the byte
     * @param pixelsSha256 of the images' bytes one after the other
     * @param sha256 of the image file that holds them side by side
     */
    public record Probes(String profile, String pixelsSha256, String sha256) {
        public Probes {
            require(
                    profile != null && pixelsSha256 != null && sha256 != null,
                    "probes",
                    null,
                    "must have profile, pixelsSha256 and sha256");
            require(SHA256.matcher(pixelsSha256).matches(), "probes.pixelsSha256", pixelsSha256, "must be a SHA-256");
            require(SHA256.matcher(sha256).matches(), "probes.sha256", sha256, "must be a SHA-256");
        }
    }

    /** {@link #sequence()} with its default. */
    public long order() {
        return Objects.requireNonNullElse(sequence, 0L);
    }

    /**
     * {@link #textEncoder()}, for what works with captions only.
     *
     * @throws IllegalArgumentException if the model reads none
     */
    public String requireTextEncoder() {
        if (textEncoder == null) {
            throw new IllegalArgumentException("model " + name + " reads no captions, it reads " + inputs);
        }
        return textEncoder;
    }

    /** @throws IllegalArgumentException naming the id or the key if this build has no such network */
    public Generator generator() {
        return architecture.generator();
    }

    Manifest withDigest(String value) {
        return new Manifest(
                format,
                name,
                value,
                architecture,
                inputs,
                output,
                textEncoder,
                weights,
                discriminator,
                probes,
                sequence,
                parent,
                recipe,
                trainedOn,
                data,
                metrics);
    }

    private static void require(boolean fine, String key, @Nullable Object value, String rule) {
        if (!fine) {
            throw new IllegalArgumentException("manifest " + key + " is " + value + ", " + rule);
        }
    }
}
