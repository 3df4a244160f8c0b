package dev.limner.worker.release;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes bundles of a small network, right ones and wrong ones. */
public final class TestBundles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private final Path root;
    private final FilmSpec spec;
    private final String encoder;

    TestBundles(Path root) {
        this(root, 32, "sha-256");
    }

    /** @param text length of the encoder's embeddings */
    public TestBundles(Path root, int text, String encoder) {
        this.root = root;
        this.spec = new FilmSpec(8, text, 6, List.of(16, 12, 8), true);
        this.encoder = encoder;
    }

    /**
     * A bundle with weights of its own.
     *
     * @param order its place in its lineage
     */
    public Manifest make(String name, int seed, long order, @Nullable String parent) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            FilmGenerator network = new FilmGenerator(spec);
            Engine.getEngine("PyTorch").setRandomSeed(seed);
            Weights weights = network.parameters().initialise(manager);
            Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
            weights.arrays().forEach((key, array) -> {
                List<Long> shape = new ArrayList<>();
                Arrays.stream(array.getShape().getShape()).forEach(shape::add);
                tensors.put(key, new Safetensors.Tensor(shape, FloatBuffer.wrap(array.toFloatArray())));
            });
            try (Renderer renderer = Renderer.over(manager, network, weights)) {
                Path folder = root.resolve("making");
                Manifest manifest = ModelBundle.write(
                        folder,
                        new ModelBundle.Description(
                                name,
                                network,
                                encoder,
                                null,
                                null,
                                List.of(),
                                parent == null ? null : new ModelBundle.Lineage(parent, order, null)),
                        new ModelBundle.Content(
                                tensors,
                                null,
                                ProbeImages.generate(
                                        renderer,
                                        ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu())))));
                return named(folder, manifest);
            }
        }
    }

    private Manifest named(Path folder, Manifest manifest) {
        try {
            Path target = folder(manifest);
            if (Files.exists(target)) {
                for (Path file : List.of(target.resolve("manifest.json"), target.resolve("weights.safetensors"))) {
                    Files.delete(file);
                }
                Files.deleteIfExists(target.resolve("probes.png"));
                Files.delete(target);
            }
            Files.move(folder, target);
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a bundle lies. */
    public Path folder(Manifest manifest) {
        return root.resolve(manifest.digest());
    }

    Manifest manifest(String digest) {
        return ModelBundle.readManifest(root.resolve(digest));
    }

    /** The bundle with a manifest that fits its files as they are now. */
    Manifest manifest(Manifest made) throws IOException {
        Path folder = folder(made);
        Path file = folder.resolve("manifest.json");
        ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
        byte[] weights = Files.readAllBytes(folder.resolve("weights.safetensors"));
        ((ObjectNode) tree.get("weights"))
                .put("sha256", Digests.sha256(weights))
                .put("bytes", weights.length);
        JSON.writeValue(file.toFile(), tree);
        String digest = redigest(folder);
        Path target = root.resolve(digest);
        if (!target.equals(folder)) {
            Files.move(folder, target);
        }
        return ModelBundle.readManifest(target);
    }

    /** Gives a manifest the digest of its content. */
    String redigest(Path folder) throws IOException {
        Path file = folder.resolve("manifest.json");
        ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
        String digest = ModelBundle.digest(tree);
        tree.put("digest", digest);
        JSON.writeValue(file.toFile(), tree);
        return digest;
    }

    /** Puts other images where the model's own should be. */
    void forgeProbes(Manifest made) throws IOException {
        Path folder = folder(made);
        ProbeSheet sheet = ModelBundle.read(folder).probes().orElseThrow();
        replaceProbes(folder, new ProbeSheet(sheet.profile(), sheet.images().reversed()));
    }

    /**
     * A bundle whose maker saw its images on another profile, and saw them a little different.
     *
     * @param off added to a value of the first image
     */
    Manifest seenOn(Manifest made, String profile, int off) throws IOException {
        Path folder = folder(made);
        List<Pixels> images =
                new ArrayList<>(ModelBundle.read(folder).probes().orElseThrow().images());
        Pixels first = images.get(0);
        byte[] rgb = first.rgb().clone();
        rgb[0] = (byte) ((rgb[0] & 0xFF) < 128 ? rgb[0] + off : rgb[0] - off);
        images.set(0, new Pixels(first.width(), first.height(), rgb));
        replaceProbes(folder, new ProbeSheet(profile, images));
        return manifest(made);
    }

    private static void replaceProbes(Path folder, ProbeSheet forged) throws IOException {
        byte[] png = forged.toPng();
        Files.write(folder.resolve("probes.png"), png);
        Path file = folder.resolve("manifest.json");
        ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
        ((ObjectNode) tree.get("probes"))
                .put("profile", forged.profile())
                .put("pixelsSha256", forged.pixelsSha256())
                .put("sha256", Digests.sha256(png));
        JSON.writeValue(file.toFile(), tree);
    }

    static void writeNaN(Path weights) throws IOException {
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(weights, bytes);
    }

    static void overlap(Path weights) throws IOException {
        editHeader(weights, tensor -> {
            JsonNode range = tensor.get("data_offsets");
            ((ObjectNode) tensor)
                    .putArray("data_offsets")
                    .add(range.get(0).asLong() - Float.BYTES)
                    .add(range.get(1).asLong() - Float.BYTES);
        });
    }

    static void renameATensor(Path weights) throws IOException {
        byte[] bytes = Files.readAllBytes(weights);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        String name = JSON.readTree(header).fieldNames().next();
        String other = "x" + name.substring(1);
        byte[] edited = header.replace("\"" + name + "\"", "\"" + other + "\"").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(edited, 0, bytes, 8, length);
        Files.write(weights, bytes);
    }

    private interface Edit {
        void on(JsonNode secondTensor);
    }

    private static void editHeader(Path weights, Edit edit) throws IOException {
        byte[] bytes = Files.readAllBytes(weights);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        JsonNode header = JSON.readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
        var tensors = header.elements();
        tensors.next();
        edit.on(tensors.next());
        byte[] edited = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[8 + edited.length + bytes.length - 8 - length];
        ByteBuffer.wrap(whole)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(edited.length)
                .put(edited)
                .put(bytes, 8 + length, bytes.length - 8 - length);
        Files.write(weights, whole);
    }
}
