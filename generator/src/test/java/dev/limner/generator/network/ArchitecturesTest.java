package dev.limner.generator.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.initializer.Initializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.film.FilmArchitecture;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.Renderer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchitecturesTest {
    private static final JsonNode SIDE_8 = JsonNodeFactory.instance.objectNode().put("side", 8);

    @TempDir
    Path folder;

    @Test
    void shouldFindThoseOfThisBuildAndOneOfATest() {
        assertThat(Architectures.all().toString().split(", "))
                .contains("film", "torchscript", "toy")
                .isSorted();
        assertThat(Architectures.all().find("limner")).isEmpty();
    }

    @Test
    void shouldRefuseTwoOfOneIdAndAnIdThatNoManifestCanHold() {
        assertThatThrownBy(() -> Architectures.of(List.of(new FilmArchitecture(), named("film"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("both have id 'film'");
        for (String bad : List.of("", "Film", "film gan", "a".repeat(33))) {
            assertThatThrownBy(() -> Architectures.of(List.of(named(bad))))
                    .hasMessageContaining("has id '" + bad + "', must match");
        }
        assertThat(Architectures.of(List.of(named("a".repeat(32))))).hasToString("a".repeat(32));
    }

    @Test
    void shouldServeAnArchitectureThatIsOneFileAndOneLine() throws IOException {
        TrainableGenerator toy = (TrainableGenerator)
                Architectures.all().find("toy").orElseThrow().generator(SIDE_8);
        Manifest written;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Engine.getEngine("PyTorch").setRandomSeed(3);
            Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
            toy.parameters().initialise(manager).arrays().forEach((name, array) -> {
                List<Long> shape = new ArrayList<>();
                Arrays.stream(array.getShape().getShape()).forEach(shape::add);
                tensors.put(name, new Safetensors.Tensor(shape, FloatBuffer.wrap(array.toFloatArray())));
            });
            written = ModelBundle.write(
                    folder,
                    new ModelBundle.Description(
                            "toy", toy, null, null, null, List.of(new DataLicence("squares", "CC0-1.0", null)), null),
                    new ModelBundle.Content(tensors, null, null));
        }
        assertThat(Files.readString(folder.resolve("manifest.json")))
                .contains("\"id\" : \"toy\"", "\"labels\" : [ \"dark\", \"bright\" ]", "\"licence\" : \"CC0-1.0\"")
                .doesNotContain("textEncoder");
        ModelBundle bundle = ModelBundle.read(folder);
        assertThat(bundle.manifest()).isEqualTo(written);
        try (Renderer renderer = Renderer.load(bundle, Device.cpu())) {
            List<Pixels> images = renderer.render(ProbeImages.requests(written.inputs(), 4), 4);
            assertThat(images).hasSize(4).allSatisfy(image -> {
                assertThat(image.width()).isEqualTo(8);
                assertThat(image.rgb()).hasSize(3 * 8 * 8).containsOnly(image.rgb()[0]);
            });
            assertThat(images.get(0).rgb()).isNotEqualTo(images.get(1).rgb());
        }
    }

    @Test
    void shouldKnowWhatAnArrayIsForAndDrawInitialValuesInOrder() {
        Parameters parameters = Parameters.builder()
                .group(WeightGroup.PIXELS)
                .conv("first", 3, 2, 3, 1f)
                .group(WeightGroup.BODY)
                .buffer("mean", new Shape(2), Initializer.ZEROS)
                .build();
        assertThat(parameters.shapes().keySet()).containsExactly("first.weight", "first.bias", "mean");
        assertThat(parameters.trained(group -> true).test("first.bias")).isTrue();
        assertThat(parameters.trained(group -> true).test("mean"))
                .as("a buffer")
                .isFalse();
        assertThat(parameters.trained(group -> group == WeightGroup.BODY).test("first.bias"))
                .isFalse();
        assertThat(parameters.trained(group -> true).test("nothing")).isFalse();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Engine.getEngine("PyTorch").setRandomSeed(3);
            float[] once = parameters.initialise(manager).get("first.weight").toFloatArray();
            Engine.getEngine("PyTorch").setRandomSeed(3);
            assertThat(parameters.initialise(manager).get("first.weight").toFloatArray())
                    .isEqualTo(once);
        }
        assertThatThrownBy(() -> Parameters.builder().bias("a", 1).bias("a", 2).build())
                .hasMessage("two arrays are named a.bias");
    }

    private static Architecture named(String id) {
        return new Architecture() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public Generator generator(JsonNode spec) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
