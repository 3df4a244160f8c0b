package dev.limner.generator.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.network.GeneratorSpec;
import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk: {@code manifest.json} and {@code weights.safetensors}, nothing executable.
 *
 * @param manifest what the bundle says of itself, checked against the bytes
 * @param weights the network's arrays by name
 */
public record ModelBundle(Manifest manifest, Map<String, Safetensors.Tensor> weights) {
    static final String MANIFEST = "manifest.json";
    static final String WEIGHTS = "weights.safetensors";
    private static final long MOST_MANIFEST_BYTES = 1 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What a manifest says besides what follows from the weights.
     *
     * @param name the model's name
     * @param generator the network's shape
     * @param textEncoder the encoder's id
     * @param recipe the recipe, as data
     * @param trainedOn where the weights come from
     */
    public record Description(
            String name,
            GeneratorSpec generator,
            String textEncoder,
            @Nullable ObjectNode recipe,
            @Nullable ObjectNode trainedOn) {}

    /**
     * Reads a bundle and checks it whole: the manifest's digest, the weights' digest, the tensors.
     *
     * @throws BundleException if a file is missing, altered or malformed
     */
    public static ModelBundle read(Path folder) {
        Path manifestFile = folder.resolve(MANIFEST);
        Manifest manifest = readManifest(manifestFile);
        String expected = digest(manifest);
        if (!expected.equals(manifest.digest())) {
            throw new BundleException(
                    manifestFile + " has digest " + manifest.digest() + ", its content has " + expected);
        }
        Path weightsFile = folder.resolve(WEIGHTS);
        String actual = fileDigest(weightsFile);
        if (!actual.equals(manifest.weights().sha256())) {
            throw new BundleException(weightsFile + " has digest " + actual + ", the manifest names "
                    + manifest.weights().sha256());
        }
        return new ModelBundle(manifest, Safetensors.read(weightsFile));
    }

    /**
     * Writes a bundle, the manifest last, so that a folder with a manifest is whole.
     *
     * @return the manifest with its digest
     */
    public static Manifest write(Path folder, Description description, Map<String, Safetensors.Tensor> weights) {
        try {
            Files.createDirectories(folder);
            Path weightsFile = folder.resolve(WEIGHTS);
            Path temporary = folder.resolve(WEIGHTS + ".tmp");
            Safetensors.write(temporary, weights);
            publish(temporary, weightsFile);
            Manifest manifest = new Manifest(
                    Manifest.FORMAT,
                    description.name(),
                    "",
                    Manifest.LIMNER,
                    description.generator(),
                    description.textEncoder(),
                    new Manifest.WeightsFile(WEIGHTS, fileDigest(weightsFile), Files.size(weightsFile)),
                    null,
                    description.recipe(),
                    description.trainedOn());
            Manifest signed = manifest.withDigest(digest(manifest));
            Path manifestTemporary = folder.resolve(MANIFEST + ".tmp");
            Files.write(manifestTemporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(signed));
            publish(manifestTemporary, folder.resolve(MANIFEST));
            return signed;
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle " + folder + " cannot be written", e);
        }
    }

    private static void publish(Path temporary, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Manifest readManifest(Path file) {
        try {
            if (Files.size(file) > MOST_MANIFEST_BYTES) {
                throw new BundleException(file + " has " + Files.size(file) + " bytes, at most " + MOST_MANIFEST_BYTES);
            }
            return JSON.readValue(file.toFile(), Manifest.class);
        } catch (JsonProcessingException e) {
            throw new BundleException(file + " is not a manifest: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BundleException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** SHA-256 over the canonical form: every key but {@code digest}, sorted, without whitespace. */
    private static String digest(Manifest manifest) {
        try {
            Map<?, ?> tree = JSON.convertValue(manifest, Map.class);
            tree.remove("digest");
            return Digests.sha256(JSON.writeValueAsBytes(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest that Jackson cannot write", e);
        }
    }

    private static String fileDigest(Path file) {
        try {
            return Digests.sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new BundleException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
