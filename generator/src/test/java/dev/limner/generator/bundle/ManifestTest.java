package dev.limner.generator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.nio.FloatBuffer;
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
                "its network reads",
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
