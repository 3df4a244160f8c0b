package dev.limner.testkit.bench.swap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.BundleFiles;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** Releases that no worker may run, made of good ones. Each has a digest of its own, so that each is looked at. */
final class BadReleases {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Above the numbers of good ones, so that only what is meant to be old is. */
    private static final int FIRST_NUMBER = 100;

    private final ModelBundle first;
    private final BundleStore store;
    private final PrivateKey key;
    private final Path work;
    private final List<Bad> made = new ArrayList<>();

    private BadReleases(ModelBundle first, BundleStore store, PrivateKey key, Path work) {
        this.first = first;
        this.store = store;
        this.key = key;
        this.work = work;
    }

    /**
     * A bad release.
     *
     * @param what was done to it
     * @param expected what a worker must say of it
     */
    record Bad(String what, RefusalCode expected, ModelRecord.Release release) {}

    /** What somebody does to the files of a bundle. */
    private interface Mischief {
        void on(Path bundle) throws IOException;
    }

    /**
     * One of each kind, in a store.
     *
     * @param key what the workers trust
     * @param foreign what they do not
     */
    static List<Bad> of(ModelBundle first, BundleStore store, PrivateKey key, PrivateKey foreign, Path work) {
        BadReleases releases = new BadReleases(first, store, key, work);
        try {
            releases.make(foreign);
        } catch (IOException e) {
            throw new UncheckedIOException("the bad releases cannot be made in " + work, e);
        }
        return releases.made;
    }

    private void make(PrivateKey foreign) throws IOException {
        unsigned("not signed", RefusalCode.UNSIGNED, null);
        unsigned("signed with another key", RefusalCode.SIGNATURE_INVALID, foreign);

        inTheStore("weights truncated", RefusalCode.WEIGHTS_INVALID, bundle -> {
            byte[] bytes = Files.readAllBytes(weights(bundle));
            Files.write(weights(bundle), Arrays.copyOf(bytes, bytes.length / 2));
        });
        inTheStore("one bit of the weights flipped", RefusalCode.WEIGHTS_INVALID, bundle -> {
            byte[] bytes = Files.readAllBytes(weights(bundle));
            bytes[bytes.length / 2] ^= 1;
            Files.write(weights(bundle), bytes);
        });
        inTheStore("manifest tampered with", RefusalCode.MANIFEST_INVALID, bundle -> {
            Path manifest = bundle.resolve(BundleFiles.MANIFEST);
            Files.writeString(manifest, Files.readString(manifest).replace("\"sequence\" : ", "\"sequence\" : 9"));
        });
        inTheStore("weights missing", RefusalCode.BUNDLE_MISSING, bundle -> Files.delete(weights(bundle)));
        inTheStore(
                "no manifest",
                RefusalCode.BUNDLE_MISSING,
                bundle -> Files.delete(bundle.resolve(BundleFiles.MANIFEST)));

        signed("NaN in the weights", RefusalCode.WEIGHTS_INVALID, bundle -> {
            byte[] bytes = Files.readAllBytes(weights(bundle));
            little(bytes).putFloat(bytes.length - Float.BYTES, Float.NaN);
            Files.write(weights(bundle), bytes);
        });
        signed("a header of a terabyte", RefusalCode.WEIGHTS_INVALID, bundle -> {
            byte[] bytes = Files.readAllBytes(weights(bundle));
            little(bytes).putLong(0, 1L << 40);
            Files.write(weights(bundle), bytes);
        });
        signed("tensors that overlap", RefusalCode.WEIGHTS_INVALID, bundle -> overlap(weights(bundle)));
        signed("a zip file that calls itself safetensors", RefusalCode.WEIGHTS_INVALID, bundle -> {
            try (OutputStream out = Files.newOutputStream(weights(bundle));
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.putNextEntry(new ZipEntry("data.pkl"));
                zip.write(new byte[4096]);
            }
        });
        signed("more bytes than the workers take", RefusalCode.TOO_LARGE, bundle -> {
            byte[] bytes = Files.readAllBytes(weights(bundle));
            Files.write(weights(bundle), Arrays.copyOf(bytes, 16 * bytes.length));
        });
        rewritten("unknown architecture", RefusalCode.ARCHITECTURE_UNKNOWN, "architecture", "diffusion");
        rewritten("unknown text encoder", RefusalCode.ENCODER_UNKNOWN, "textEncoder", "clip");
        rewritten("another model's name", RefusalCode.NAME_DIFFERS, "name", "other");
        signed(
                "older than what is live",
                RefusalCode.OLDER_THAN_LIVE,
                bundle -> edit(bundle, tree -> tree.remove("sequence")));
        signed("images that it does not generate", RefusalCode.PROBE_FAILED, BadReleases::forgeProbes);
    }

    private void unsigned(String what, RefusalCode expected, @Nullable PrivateKey foreign) {
        ModelBundle good = next();
        String digest = good.manifest().digest();
        String signature = foreign == null ? null : ReleaseKeys.sign(foreign, digest);
        add(what, expected, good.folder(), signature);
    }

    /** Done to the bundle where it lies, after it was signed. */
    private void inTheStore(String what, RefusalCode expected, Mischief mischief) throws IOException {
        ModelBundle good = next();
        add(what, expected, good.folder(), ReleaseKeys.sign(key, good.manifest().digest()));
        mischief.on(Path.of(URI.create(made.getLast().release().uri())));
    }

    private void rewritten(String what, RefusalCode expected, String field, String value) throws IOException {
        signed(what, expected, bundle -> edit(bundle, tree -> tree.put(field, value)));
    }

    /** Done before the manifest is written and signed: every digest is right. */
    private void signed(String what, RefusalCode expected, Mischief mischief) throws IOException {
        Path bundle = next().folder();
        mischief.on(bundle);
        byte[] weights = Files.readAllBytes(weights(bundle));
        edit(
                bundle,
                tree -> ((ObjectNode) tree.get("weights"))
                        .put("sha256", Digests.sha256(weights))
                        .put("bytes", weights.length));
        String digest = JSON.readTree(bundle.resolve(BundleFiles.MANIFEST).toFile())
                .path("digest")
                .asText();
        add(what, expected, bundle, ReleaseKeys.sign(key, digest));
    }

    private ModelBundle next() {
        int number = FIRST_NUMBER + made.size();
        return ReleaseLine.noisy(first, number, number, work.resolve("bad-" + number));
    }

    /** Into the store past {@link BundleStore#put}, which would not take some of these. */
    private void add(String what, RefusalCode expected, Path bundle, @Nullable String signature) {
        try {
            JsonNode manifest =
                    JSON.readTree(bundle.resolve(BundleFiles.MANIFEST).toFile());
            String digest = manifest.path("digest").asText();
            Path target = Path.of(store.uri(first.manifest().name(), digest));
            Files.createDirectories(target);
            try (Stream<Path> files = Files.list(bundle)) {
                for (Path file : files.toList()) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
            made.add(new Bad(
                    what,
                    expected,
                    new ModelRecord.Release(digest, target.toUri().toString(), signature)));
        } catch (IOException e) {
            throw new UncheckedIOException(what + " cannot be put into the store", e);
        }
    }

    private static void edit(Path bundle, Consumer<ObjectNode> change) throws IOException {
        Path file = bundle.resolve(BundleFiles.MANIFEST);
        ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(tree);
        tree.put("digest", ModelBundle.digest(tree));
        JSON.writeValue(file.toFile(), tree);
    }

    private static void forgeProbes(Path bundle) throws IOException {
        ProbeSheet sheet = ModelBundle.read(bundle).probes().orElseThrow();
        ProbeSheet forged = new ProbeSheet(sheet.profile(), sheet.images().reversed());
        byte[] png = forged.toPng();
        Files.write(bundle.resolve(BundleFiles.PROBES), png);
        edit(
                bundle,
                tree -> ((ObjectNode) tree.get("probes"))
                        .put("pixelsSha256", forged.pixelsSha256())
                        .put("sha256", Digests.sha256(png)));
    }

    /** Moves the second tensor's range into the first one's. */
    private static void overlap(Path weights) throws IOException {
        byte[] bytes = Files.readAllBytes(weights);
        int length = (int) little(bytes).getLong(0);
        JsonNode header = JSON.readTree(new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8));
        Iterator<JsonNode> tensors = header.elements();
        tensors.next();
        ObjectNode second = (ObjectNode) tensors.next();
        JsonNode range = second.get("data_offsets");
        second.putArray("data_offsets")
                .add(range.get(0).asLong() - Float.BYTES)
                .add(range.get(1).asLong() - Float.BYTES);
        byte[] edited = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[bytes.length - length + edited.length];
        little(whole)
                .putLong(edited.length)
                .put(edited)
                .put(bytes, Long.BYTES + length, bytes.length - Long.BYTES - length);
        Files.write(weights, whole);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Path weights(Path bundle) {
        return bundle.resolve(BundleFiles.WEIGHTS);
    }
}
