package dev.limner.generator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final FilmSpec SPEC = new FilmSpec(8, 12, 6, List.of(16, 12, 8), true);
    private static final Path SHIPPED = Path.of("../models");

    @TempDir
    Path folder;

    @Test
    void shouldReadTheFormatOfTheShippedModels() throws IOException {
        for (String name : List.of("default", "default-zh")) {
            ObjectNode file = (ObjectNode)
                    JSON.readTree(SHIPPED.resolve(name + "/manifest.json").toFile());
            assertThat(file.path("format").intValue()).isEqualTo(1);

            Manifest manifest = ModelBundle.readManifest(SHIPPED.resolve(name));

            int text = file.path("generator").path("text").intValue();
            assertThat(manifest.digest()).isEqualTo(file.path("digest").textValue());
            assertThat(manifest.format()).isEqualTo(1);
            assertThat(manifest.architecture().id()).isEqualTo("film");
            assertThat(manifest.inputs()).isEqualTo(ModelInputs.caption(64, text));
            assertThat(manifest.output()).isEqualTo(ModelOutput.image(64));
            assertThat(manifest.requireTextEncoder())
                    .isEqualTo(file.path("textEncoder").textValue());
            assertThat(manifest.data()).isNull();
            assertThat(((FilmGenerator) manifest.generator()).shape())
                    .isEqualTo(new FilmSpec(64, text, 128, List.of(128, 128, 64, 32), true));
        }
    }

    @Test
    void shouldSayWhatTheNetworkIsReadsAndMakes() throws IOException {
        Manifest written = write();

        ObjectNode tree = tree();
        assertThat(tree.path("format").intValue()).isEqualTo(2);
        assertThat(tree.path("architecture")).isEqualTo(JSON.readTree("""
                        {"id": "film",
                         "spec": {"latent": 8, "text": 12, "condition": 6, "channels": [16, 12, 8], "smooth": true}}
                        """));
        assertThat(tree.path("inputs")).isEqualTo(JSON.readTree("{\"noise\": 8, \"sentence\": 12}"));
        assertThat(tree.path("output")).isEqualTo(JSON.readTree("{\"side\": 32, \"channels\": 3, \"frames\": 1}"));
        assertThat(tree.path("data"))
                .isEqualTo(JSON.readTree(
                        "[{\"data\": \"emoji\", \"licence\": \"Apache-2.0\", \"attribution\": \"Google\"}]"));
        assertThat(ModelBundle.readManifest(folder)).isEqualTo(written);
    }

    @Test
    void shouldRefuseWhatItCannotServeByName() throws IOException {
        refuses(RefusalCode.MANIFEST_INVALID, "has format 3, this build reads 1 and 2", tree -> tree.put("format", 3));
        refuses(RefusalCode.MANIFEST_INVALID, "has format", tree -> tree.remove("format"));
        refuses(
                RefusalCode.ARCHITECTURE_UNKNOWN,
                "architecture 'diffusion', this build has film",
                tree -> architecture(tree).put("id", "diffusion"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "architecture.latent is 0",
                tree -> ((ObjectNode) architecture(tree).path("spec")).put("latent", 0));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "architecture.channels is missing",
                tree -> ((ObjectNode) architecture(tree).path("spec")).remove("channels"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "depth",
                tree -> ((ObjectNode) architecture(tree).path("spec")).put("depth", 3));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "its network reads",
                tree -> ((ObjectNode) tree.path("inputs")).put("sentence", 13));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "its network makes",
                tree -> ((ObjectNode) tree.path("output")).put("side", 64));
        refuses(RefusalCode.MANIFEST_INVALID, "inputs is null", tree -> tree.remove("inputs"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "textEncoder is null, must be there if and only if the model reads captions",
                tree -> tree.remove("textEncoder"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "must be weights.safetensors",
                tree -> ((ObjectNode) tree.path("weights")).put("file", "other.safetensors"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "weights.file is ../weights.safetensors",
                tree -> ((ObjectNode) tree.path("weights")).put("file", "../weights.safetensors"));
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        for (String key : List.of("name", "architecture", "inputs", "output", "weights")) {
            refuses(
                    key.equals("architecture") ? RefusalCode.ARCHITECTURE_UNKNOWN : RefusalCode.MANIFEST_INVALID,
                    key,
                    tree -> tree.remove(key));
            refuses(
                    key.equals("architecture") ? RefusalCode.ARCHITECTURE_UNKNOWN : RefusalCode.MANIFEST_INVALID,
                    key,
                    tree -> tree.putNull(key));
        }
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "architecture.spec is missing",
                tree -> architecture(tree).remove("spec"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "architecture.spec is missing",
                tree -> architecture(tree).putNull("spec"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "weights is null, must have file and sha256",
                tree -> ((ObjectNode) tree.path("weights")).remove("sha256"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "licence is empty",
                tree -> tree.putArray("data").addObject().put("data", "emoji"));
        refuses(
                RefusalCode.MANIFEST_INVALID,
                "data is empty",
                tree -> tree.putArray("data").addObject().put("licence", "MIT"));
        refuses(RefusalCode.MANIFEST_INVALID, "has format \"2\"", tree -> tree.put("format", "2"));
        refuses(RefusalCode.MANIFEST_INVALID, "has format 2.5", tree -> tree.put("format", 2.5));
    }

    @Test
    void shouldSayWhatIsMissingInTheFormatOfTheShippedModels() throws IOException {
        ObjectNode tree = (ObjectNode)
                JSON.readTree(SHIPPED.resolve("default/manifest.json").toFile());
        tree.remove("generator");
        tree.put("digest", ModelBundle.digest(tree));
        JSON.writeValue(folder.resolve("manifest.json").toFile(), tree);

        assertThatThrownBy(() -> ModelBundle.readManifest(folder))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        refused -> assertThat(refused.code()).isEqualTo(RefusalCode.MANIFEST_INVALID))
                .hasMessageContaining("architecture.spec is missing");
    }

    @Test
    void shouldKeepTheReasonShortWhereAModelHasManyLabels() throws IOException {
        refuses(RefusalCode.MANIFEST_INVALID, "its network reads", tree -> {
            ArrayNode labels = ((ObjectNode) tree.path("inputs")).putArray("labels");
            for (int i = 0; i < 30_000; i++) {
                labels.add("class " + i);
            }
        });
        assertThatThrownBy(() -> ModelBundle.readManifest(folder))
                .satisfies(refused -> assertThat(refused.getMessage().length()).isLessThan(1500));
    }

    @Test
    void shouldReadAsManyLabelsAsAModelMayHave() throws IOException {
        ObjectNode spec = JSON.createObjectNode();
        spec.putArray("arguments").addObject().put("input", "label");
        ArrayNode labels = spec.putArray("labels");
        for (int i = 0; i < 32_768; i++) {
            labels.add("class %06d of ImageNet and of some others".formatted(i));
        }
        spec.putObject("output").put("side", 8).put("channels", 3);
        Path program = Files.writeString(folder.resolve("generator.pt"), "not run here");

        ModelBundle.write(
                folder,
                new ModelBundle.Description(
                        "many",
                        Architectures.all().find("torchscript").orElseThrow().generator(spec),
                        null,
                        null,
                        null,
                        List.of(),
                        null),
                program,
                null);

        assertThat(ModelBundle.read(folder).manifest().inputs().labels()).hasSize(32_768);
    }

    @Test
    void shouldTakeLicencesThatCanBePrinted() {
        assertThat(new DataLicence("d", "CC-BY-4.0", "Jos\u00e9, \u82f9\u679c").attribution())
                .isEqualTo("Jos\u00e9, \u82f9\u679c");
        assertThatThrownBy(() -> new DataLicence("d", " ", null))
                .hasMessage("licence is empty, must have 1 to 2000 characters");
        assertThatThrownBy(() -> new DataLicence("d", "MIT", "")).hasMessageStartingWith("attribution is empty");
        assertThatThrownBy(() -> new DataLicence("d", "MIT\u001b[2J", null)).hasMessageContaining("control characters");
        assertThatThrownBy(() -> new DataLicence("d", "MIT", "\ud800")).hasMessageContaining("control characters");
        assertThat(new DataLicence("d", "x".repeat(2000), null).licence()).hasSize(2000);
        assertThatThrownBy(() -> new DataLicence("d", "MIT", "x".repeat(2001)))
                .hasMessageContaining("has 2001 characters");
    }

    private static ObjectNode architecture(ObjectNode tree) {
        return (ObjectNode) tree.path("architecture");
    }

    private void refuses(RefusalCode code, String reason, Consumer<ObjectNode> change) throws IOException {
        write();
        ObjectNode tree = tree();
        change.accept(tree);
        tree.put("digest", ModelBundle.digest(tree));
        JSON.writeValue(folder.resolve("manifest.json").toFile(), tree);

        assertThatThrownBy(() -> ModelBundle.readManifest(folder))
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(reason);
    }

    private ObjectNode tree() throws IOException {
        return (ObjectNode) JSON.readTree(folder.resolve("manifest.json").toFile());
    }

    private Manifest write() {
        Map<String, Safetensors.Tensor> arrays =
                Map.of("w", new Safetensors.Tensor(List.of(1L), FloatBuffer.wrap(new float[] {1})));
        return ModelBundle.write(
                folder,
                new ModelBundle.Description(
                        "test",
                        new FilmGenerator(SPEC),
                        "none",
                        null,
                        null,
                        List.of(new DataLicence("emoji", "Apache-2.0", "Google")),
                        null),
                new ModelBundle.Content(arrays, null, null));
    }
}
