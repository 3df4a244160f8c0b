package dev.limner.generator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.net.URI;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBundleStoreTest {
    private static final long PLENTY = 1 << 20;
    private static final FilmSpec SPEC = new FilmSpec(8, 12, 6, List.of(16, 12, 8), true);

    @TempDir
    Path folder;

    private BundleStore store;
    private Path bundle;
    private Manifest manifest;

    @BeforeEach
    void writeABundle() {
        store = new FileBundleStore(folder.resolve("store"));
        bundle = folder.resolve("bundle");
        Map<String, Safetensors.Tensor> arrays =
                Map.of("w", new Safetensors.Tensor(List.of(2L), FloatBuffer.wrap(new float[] {1, 2})));
        manifest = ModelBundle.write(
                bundle,
                new ModelBundle.Description(
                        "test",
                        new FilmGenerator(SPEC),
                        "none",
                        null,
                        null,
                        List.of(),
                        new ModelBundle.Lineage("a".repeat(64), 4, null)),
                new ModelBundle.Content(arrays, arrays, new ProbeSheet("here", List.of(grey(10), grey(20)))));
    }

    @Test
    void shouldGiveBackWhatWasPut() {
        URI uri = store.put(bundle, manifest, "signed");
        Path copy = folder.resolve("copy");

        store.fetch(uri, copy, PLENTY);

        ModelBundle read = ModelBundle.read(copy);
        assertThat(read.manifest()).isEqualTo(manifest);
        assertThat(read.manifest().order()).isEqualTo(4);
        assertThat(read.probes().orElseThrow().images().get(1).rgb()).isEqualTo(grey(20).rgb());
        assertThat(ModelBundle.read(bundle).discriminator()).isPresent();
        assertThat(copy.resolve(BundleFiles.DISCRIMINATOR)).doesNotExist();
        assertThat(store.uri("test", manifest.digest())).isEqualTo(uri);
        assertThat(store.signature("test", manifest.digest())).hasValue("signed");
        assertThat(store.signature("test", "b".repeat(64))).isEmpty();
    }

    @Test
    void shouldGiveBackAProgram() throws IOException {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.putArray("arguments")
                .addObject()
                .put("input", "noise")
                .putArray("shape")
                .add(8);
        spec.putObject("output").put("side", 16).put("channels", 3);
        Path own = folder.resolve("own");
        Manifest program = ModelBundle.write(
                own,
                new ModelBundle.Description(
                        "own",
                        Architectures.all().find("torchscript").orElseThrow().generator(spec),
                        null,
                        null,
                        null,
                        List.of(),
                        null),
                Files.writeString(folder.resolve("own.pt"), "not run here"),
                new ProbeSheet("here", List.of(grey(10))));
        Path copy = folder.resolve("copy");

        store.fetch(store.put(own, program, null), copy, PLENTY);

        assertThat(ModelBundle.read(copy).manifest()).isEqualTo(program);
        assertThat(ModelBundle.read(copy).weightsFile()).hasContent("not run here");
    }

    @Test
    void shouldChangeNothingWhenTheSameIsPutAgain() throws IOException {
        URI uri = store.put(bundle, manifest, "signed");
        var before = Files.getLastModifiedTime(Path.of(uri).resolve(BundleFiles.WEIGHTS));

        assertThat(store.put(bundle, manifest, "signed")).isEqualTo(uri);
        assertThat(Files.getLastModifiedTime(Path.of(uri).resolve(BundleFiles.WEIGHTS)))
                .isEqualTo(before);
    }

    @Test
    void shouldSignWhatWasPutUnsignedOrSignedWithAnotherKey() {
        store.put(bundle, manifest, null);
        assertThat(store.signature("test", manifest.digest())).isEmpty();

        store.put(bundle, manifest, "signed");
        assertThat(store.signature("test", manifest.digest())).hasValue("signed");

        store.put(bundle, manifest, "signed anew");
        store.put(bundle, manifest, null);
        assertThat(store.signature("test", manifest.digest())).hasValue("signed anew");
    }

    @Test
    void shouldNotShowABundleWithoutItsManifestAndCompleteItLater() throws IOException {
        Path half = Path.of(store.uri("test", manifest.digest()));
        Files.createDirectories(half);
        Files.write(half.resolve(BundleFiles.WEIGHTS), new byte[] {1, 2, 3});

        assertThat(store.digests("test")).isEmpty();
        assertRefused(store.uri("test", manifest.digest()), PLENTY, RefusalCode.BUNDLE_MISSING, "there is no bundle");

        store.put(bundle, manifest, "signed");
        assertThat(store.digests("test")).containsExactly(manifest.digest());
        assertThat(ModelBundle.read(half).manifest()).isEqualTo(manifest);
    }

    @Test
    void shouldRefuseWhatIsTooLargeOrElsewhere() {
        URI uri = store.put(bundle, manifest, "signed");

        assertRefused(uri, 100, RefusalCode.TOO_LARGE, "at most 100");
        long bytes = 0;
        for (String name : List.of(BundleFiles.WEIGHTS, BundleFiles.PROBES, BundleFiles.MANIFEST)) {
            bytes += bundle.resolve(name).toFile().length();
        }
        assertRefused(uri, bytes - 1, RefusalCode.TOO_LARGE, "at most " + (bytes - 1));
        store.fetch(uri, folder.resolve("just"), bytes);
        assertThat(ModelBundle.read(folder.resolve("just")).manifest()).isEqualTo(manifest);
        assertRefused(URI.create("s3://models/x"), PLENTY, RefusalCode.BUNDLE_MISSING, "s3://models/x");
    }

    @Test
    void shouldNoticeProbesThatAreNotTheManifests() throws IOException {
        Files.write(bundle.resolve(BundleFiles.PROBES), new ProbeSheet("here", List.of(grey(11), grey(20))).toPng());

        assertThatThrownBy(() -> ModelBundle.read(bundle).probes())
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.code()).isEqualTo(RefusalCode.PROBE_FAILED));
    }

    @Test
    void shouldCountAKeyOfTheFutureIntoTheDigest() throws IOException {
        Path file = bundle.resolve(BundleFiles.MANIFEST);
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"ofTheFuture\": 1,"));

        assertThatThrownBy(() -> ModelBundle.readManifest(bundle)).hasMessageContaining("its content has");
    }

    @Test
    void shouldMeasureHowFarImagesAreFromTheProbes() {
        ProbeSheet sheet = new ProbeSheet("here", List.of(grey(10), grey(20)));

        assertThat(sheet.difference(List.of(grey(10), grey(20)))).isZero();
        assertThat(sheet.difference(List.of(grey(12), grey(19)))).isEqualTo(2);
        assertThat(sheet.difference(List.of(grey(10)))).isEqualTo(255);
    }

    private void assertRefused(URI uri, long mostBytes, RefusalCode code, String message) {
        assertThatThrownBy(() -> store.fetch(uri, folder.resolve("refused"), mostBytes))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Pixels grey(int value) {
        byte[] rgb = new byte[3 * 4 * 4];
        Arrays.fill(rgb, (byte) value);
        return new Pixels(4, 4, rgb);
    }
}
