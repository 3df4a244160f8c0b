package dev.limner.generator.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.protocol.Digests;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.text.JsonReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk: a manifest, weights, and what goes with them. Nothing is executable but the file of a
 * {@link ProgramGenerator}, which a worker runs only where its operator allowed that very file.
 *
 * @param folder where it lies
 * @param manifest what the bundle says of itself, checked against the bytes
 * @param weights the generator's arrays by name; none of a program, whose file is checked all the same
 */
public record ModelBundle(Path folder, Manifest manifest, Map<String, Safetensors.Tensor> weights) {
    /** The names of ImageNet-21k's classes fit, which are in it twice. */
    private static final long MOST_MANIFEST_BYTES = 8 << 20;

    private static final int MOST_SHOWN = 300;

    private static final long MOST_PROBES_BYTES = 64 << 20;

    private static final TypeReference<TreeMap<String, Object>> TREE = new TypeReference<>() {};

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What a manifest says besides what follows from the files.
     *
     * @param name the model's name
     * @param generator the network
     * @param textEncoder the encoder's id; null for a network that reads no caption
     * @param recipe the recipe, as data
     * @param trainedOn where the weights come from
     * @param data licences of what it was trained on
     * @param lineage what it was tuned from; absent for a model that was trained from nothing
     */
    public record Description(
            String name,
            Generator generator,
            @Nullable String textEncoder,
            @Nullable ObjectNode recipe,
            @Nullable ObjectNode trainedOn,
            List<DataLicence> data,
            @Nullable Lineage lineage) {
        public Description {
            data = List.copyOf(data);
        }
    }

    /**
     * A release's place.
     *
     * @param parent digest of the model it was tuned from; absent for one that was not tuned but follows one that was
     * @param sequence one more than that of the model it follows
     * @param metrics what the gate measured
     */
    public record Lineage(
            @Nullable String parent,
            long sequence,
            @Nullable JsonNode metrics) {}

    /**
     * A bundle's arrays and images.
     *
     * @param generator arrays by name, of a network that can be trained
     * @param discriminator arrays by name; absent in a model that is not to be tuned further
     * @param probes what it was seen to generate
     */
    public record Content(
            Map<String, Safetensors.Tensor> generator,
            @Nullable Map<String, Safetensors.Tensor> discriminator,
            @Nullable ProbeSheet probes) {}

    /**
     * Reads a bundle and checks it whole: the manifest's digest, the weights' digest, the tensors.
     *
     * @throws BundleException if a file is missing, altered or malformed
     */
    public static ModelBundle read(Path folder) {
        Manifest manifest = readManifest(folder);
        Map<String, Safetensors.Tensor> weights = switch (manifest.generator()) {
            case TrainableGenerator trainable -> tensors(folder, manifest.weights());
            case ProgramGenerator program -> {
                requireWhole(folder, manifest.weights());
                yield Map.of();
            }
        };
        return new ModelBundle(folder, manifest, weights);
    }

    /**
     * Reads and checks the manifest alone.
     *
     * @throws BundleException if it is missing, altered or malformed
     */
    public static Manifest readManifest(Path folder) {
        Path file = folder.resolve(BundleFiles.MANIFEST);
        try {
            byte[] bytes = BundleFiles.read(file, MOST_MANIFEST_BYTES);
            JsonNode tree = JSON.readTree(bytes);
            if (!tree.isObject()) {
                throw new BundleException(RefusalCode.MANIFEST_INVALID, file + " is empty, or no JSON object");
            }
            requireKnown(tree, file);
            Manifest manifest = JSON.treeToValue(
                    ManifestFormat1.is(tree) ? ManifestFormat1.upgraded(tree, JSON) : tree, Manifest.class);
            String expected = digest(tree);
            if (!expected.equals(manifest.digest())) {
                throw new BundleException(
                        RefusalCode.MANIFEST_INVALID,
                        file + " has digest " + manifest.digest() + ", its content has " + expected);
            }
            requireAsDeclared(manifest, file);
            return manifest;
        } catch (JsonProcessingException e) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID, file + " is not a manifest: " + JsonReasons.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new BundleException(RefusalCode.MANIFEST_INVALID, file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new BundleException(
                    RefusalCode.BUNDLE_MISSING,
                    "there is no model in " + folder + ": it has no " + BundleFiles.MANIFEST,
                    e);
        } catch (IOException e) {
            throw new BundleException(
                    RefusalCode.BUNDLE_MISSING,
                    file + " cannot be read: " + e.getClass().getSimpleName(),
                    e);
        }
    }

    /** Before anything else is read: what a network of another build needs may be declared in ways this one does not know. */
    private static void requireKnown(JsonNode tree, Path file) {
        int format = tree.path("format").isInt() ? tree.path("format").intValue() : 0;
        if (format != ManifestFormat1.FORMAT && format != Manifest.FORMAT) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID,
                    file + " has format " + tree.path("format") + ", this build reads " + ManifestFormat1.FORMAT
                            + " and " + Manifest.FORMAT);
        }
        String id = ManifestFormat1.is(tree)
                ? ManifestFormat1.architecture(tree)
                : tree.path("architecture").path("id").asText();
        if (Architectures.all().find(id).isEmpty()) {
            throw new BundleException(
                    RefusalCode.ARCHITECTURE_UNKNOWN,
                    file + " has architecture '" + id + "', this build has " + Architectures.all());
        }
    }

    /** What readers are told that do not know the network is what the network says of itself. */
    private static void requireAsDeclared(Manifest manifest, Path file) {
        Generator generator = manifest.generator();
        if (!generator.inputs().equals(manifest.inputs())) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID,
                    file + " declares inputs " + shortened(manifest.inputs()) + ", its network reads "
                            + shortened(generator.inputs()));
        }
        if (!generator.output().equals(manifest.output())) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID,
                    file + " declares output " + manifest.output() + ", its network makes " + generator.output());
        }
        String expected = fileOf(generator);
        if (!manifest.weights().file().equals(expected)) {
            throw new BundleException(
                    RefusalCode.MANIFEST_INVALID,
                    file + " has weights.file '" + manifest.weights().file() + "', must be " + expected);
        }
    }

    /** A reason travels in a record, and a model may have thousands of labels. */
    private static String shortened(ModelInputs inputs) {
        String text = inputs.toString();
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }

    private static String fileOf(Generator generator) {
        return switch (generator) {
            case TrainableGenerator trainable -> BundleFiles.WEIGHTS;
            case ProgramGenerator program -> program.fileName();
        };
    }

    private static void requireWhole(Path folder, Manifest.WeightsFile described) {
        Path file = folder.resolve(described.file());
        try {
            if (Files.size(file) != described.bytes()
                    || !BundleFiles.digest(file).equals(described.sha256())) {
                throw new BundleException(RefusalCode.WEIGHTS_INVALID, file + " is not the file of the manifest");
            }
        } catch (IOException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, file + " cannot be read: " + e, e);
        }
    }

    private static Map<String, Safetensors.Tensor> tensors(Path folder, Manifest.WeightsFile described) {
        return Safetensors.read(folder.resolve(described.file()), described.sha256());
    }

    /**
     * The network that the weights are of.
     *
     * @throws BundleException if it is a program, which nothing here can train or take apart
     */
    public TrainableGenerator generator() {
        if (manifest.generator() instanceof TrainableGenerator trainable) {
            return trainable;
        }
        throw new BundleException(
                RefusalCode.WEIGHTS_INVALID, folder + " holds a program, which has no weights that could be trained");
    }

    /** The file that {@link Manifest#weights()} names. */
    public Path weightsFile() {
        return folder.resolve(manifest.weights().file());
    }

    /**
     * The discriminator's arrays, if the bundle has them.
     *
     * @throws BundleException if they are not those of the manifest
     */
    public Optional<Map<String, Safetensors.Tensor>> discriminator() {
        return Optional.ofNullable(manifest.discriminator()).map(described -> tensors(folder, described));
    }

    /**
     * What its maker saw it generate, if the bundle says so.
     *
     * @throws BundleException if the images are not those of the manifest
     */
    public Optional<ProbeSheet> probes() {
        Manifest.Probes described = manifest.probes();
        if (described == null) {
            return Optional.empty();
        }
        Path file = folder.resolve(BundleFiles.PROBES);
        byte[] png;
        try {
            png = BundleFiles.read(file, MOST_PROBES_BYTES);
        } catch (IOException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, file + " cannot be read: " + e, e);
        }
        if (!Digests.sha256(png).equals(described.sha256())) {
            throw new BundleException(RefusalCode.PROBE_FAILED, file + " is not the file of the manifest");
        }
        ProbeSheet sheet = ProbeSheet.read(png, file, described.profile());
        if (!sheet.pixelsSha256().equals(described.pixelsSha256())) {
            throw new BundleException(RefusalCode.PROBE_FAILED, file + " does not hold the images of the manifest");
        }
        return Optional.of(sheet);
    }

    /**
     * Writes a bundle, the manifest last, so that a folder with a manifest is whole.
     *
     * @return the manifest with its digest
     */
    public static Manifest write(Path folder, Description description, Content content) {
        return BundleWriter.write(folder, description, content);
    }

    /**
     * Writes a bundle of a {@link ProgramGenerator}, the manifest last.
     *
     * @param program the generator's file; copied
     * @param probes what it was seen to generate
     * @return the manifest with its digest
     */
    public static Manifest write(Path folder, Description description, Path program, @Nullable ProbeSheet probes) {
        return BundleWriter.write(folder, description, program, probes);
    }

    /**
     * The digest a manifest must have: SHA-256 over its canonical form, which is every key but {@code digest}, sorted at
     * every level, without whitespace. Taken over what was read and not over what this build understands of it, so that a
     * key of the future counts too.
     */
    public static String digest(JsonNode manifest) {
        try {
            Map<String, Object> tree = JSON.convertValue(manifest, TREE);
            tree.remove("digest");
            return Digests.sha256(JSON.writeValueAsBytes(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest that Jackson cannot write", e);
        }
    }
}
