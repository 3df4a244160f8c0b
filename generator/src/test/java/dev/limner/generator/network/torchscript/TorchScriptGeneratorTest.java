package dev.limner.generator.network.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.render.Conditions;
import dev.limner.generator.render.ProbeImages;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a file that PyTorch exported: src/test/resources/torchscript/export.py. */
class TorchScriptGeneratorTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path EXPORTED = Path.of("src/test/resources/torchscript");
    private static final String SPEC = """
            {"arguments": [{"input": "noise", "shape": [8, 1, 1]}, {"input": "label"}, {"input": "controls"}],
             "labels": ["disc", "ring", "bar"],
             "controls": [{"name": "brightness", "min": -0.5, "max": 0.5, "default": 0.5}],
             "output": {"side": 16, "channels": 3, "range": [0, 1]}}
            """;

    @TempDir
    Path folder;

    @Test
    void shouldComputeWhatPyTorchComputed() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ProgramGenerator.Program program = generator(SPEC).load(manager, EXPORTED.resolve("generator.pt"))) {
            float[] noise = new float[4 * 8];
            for (int i = 0; i < noise.length; i++) {
                int image = i / 8;
                int number = i % 8;
                noise[i] = image / 4f - number / 8f;
            }
            NDArray images = program.generate(new GeneratorInputs(
                    manager.create(noise, new Shape(4, 8)),
                    null,
                    manager.create(new long[] {0, 1, 2, 0}),
                    manager.create(new float[] {.5f, .5f, .5f, .5f}, new Shape(4, 1))));

            List<String> expected = Files.readAllLines(EXPORTED.resolve("expected.txt"));
            float[] values = images.toFloatArray();
            assertThat(images.getShape()).isEqualTo(new Shape(4, 3, 16, 16));
            assertThat(expected).hasSize(values.length);
            for (int i = 0; i < values.length; i++) {
                // The file says [0, 1], a generator makes [-1, 1].
                assertThat((values[i] + 1) / 2).isCloseTo(Float.parseFloat(expected.get(i)), within(2e-6f));
            }
            assertThat(spread(values))
                    .as("images of which something can be seen")
                    .isGreaterThan(0.2f);
        }
    }

    @Test
    void shouldServeTheSameBytesTheHundredthTimeAsTheFirst() {
        Manifest manifest = bundle();
        ModelBundle bundle = ModelBundle.read(folder);
        assertThat(bundle.manifest()).isEqualTo(manifest);
        assertThat(manifest.inputs())
                .isEqualTo(new ModelInputs(
                        8,
                        0,
                        List.of("disc", "ring", "bar"),
                        List.of(new Control.Range("brightness", -0.5, 0.5, 0.5))));
        assertThat(manifest.output()).isEqualTo(ModelOutput.image(16));
        assertThat(manifest.textEncoder()).isNull();

        try (Renderer renderer = Renderer.loadAllowed(bundle, Device.cpu())) {
            List<RenderRequest> requests = ProbeImages.requests(manifest.inputs(), 8);
            List<Pixels> first = renderer.render(requests, 8);
            for (int i = 0; i < 99; i++) {
                same(renderer.render(requests, 8), first);
            }
            same(first, bundle.probes().orElseThrow().images());
            assertThat(first.get(0).rgb())
                    .as("labels and controls count")
                    .isNotEqualTo(first.get(1).rgb());
        }
    }

    @Test
    void shouldRunOnlyWhereSomebodyKnowsThatItMay() {
        bundle();
        ModelBundle bundle = ModelBundle.read(folder);

        assertThatThrownBy(() -> Renderer.load(bundle, Device.cpu()))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PROGRAM_NOT_ALLOWED))
                .hasMessageContaining("holds a program");
    }

    /** The engine would compute this sum of products as one product, from the second call on, and round otherwise. */
    @Test
    void shouldRunTheProgramAsItIsWritten() throws IOException {
        Path file = TextProgram.write(
                folder.resolve("sum.pt"),
                "Tensor",
                "a = torch.reshape(noise, [-1, 12])",
                "b = torch.sin(torch.mm(torch.t(a), a))",
                "c = torch.add(torch.mm(a, b), torch.mm(torch.sin(a), torch.t(b)))",
                "d = torch.add(c, torch.mm(torch.cos(a), torch.mul(b, 0.29999999999999999)))",
                "e = torch.add(d, torch.mm(torch.mul(a, a), torch.mul(b, 0.69999999999999996)))",
                "f = torch.add(e, torch.mm(torch.exp(a), torch.mul(b, 1.1000000000000001)))",
                "return torch.reshape(f, [-1, 3, 2, 2])");
        ProgramGenerator generator = generator("""
                {"arguments": [{"input": "noise", "shape": [3, 2, 2]}], "output": {"side": 2, "channels": 3}}
                """);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ProgramGenerator.Program program = generator.load(manager, file)) {
            NDArray noise = manager.create(CounterNoise.normal(7, 0, 8 * 12), new Shape(8, 12));
            float[] first = program.generate(new GeneratorInputs(noise, null, null, null))
                    .toFloatArray();
            for (int call = 2; call <= 10; call++) {
                assertThat(program.generate(new GeneratorInputs(noise, null, null, null))
                                .toFloatArray())
                        .as("call %d", call)
                        .isEqualTo(first);
            }
        }
    }

    /** One-hot labels and a sentence, returned as they came. */
    @Test
    void shouldHandOverEachInputAsItsArgument() throws IOException {
        ProgramGenerator generator = generator("""
                {"arguments": [{"input": "sentence", "shape": [3]}, {"input": "label-one-hot"}, {"input": "noise", "shape": [3, 1, 1]}],
                 "labels": ["disc", "ring", "bar"], "output": {"side": 1, "channels": 3}}
                """);
        Path file = TextProgram.of(
                folder.resolve("inputs.pt"),
                List.of("sentence", "label", "noise"),
                "Tensor",
                "return torch.add(torch.add(torch.reshape(torch.mul(label, 100), [-1, 3, 1, 1]),"
                        + " torch.reshape(torch.mul(sentence, 10), [-1, 3, 1, 1])), noise)");
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ProgramGenerator.Program program = generator.load(manager, file)) {
            NDArray made = program.generate(new GeneratorInputs(
                    manager.create(new float[] {.1f, .2f, .3f, .4f, .5f, .6f}, new Shape(2, 3)),
                    manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)),
                    manager.create(new long[] {2, 0}),
                    null));
            assertThat(made.toFloatArray()).containsExactly(10.1f, 20.2f, 130.3f, 140.4f, 50.5f, 60.6f);
        }
    }

    @Test
    void shouldReadLabelAndControlsOfEachImageAlone() {
        bundle();
        try (Renderer renderer = Renderer.loadAllowed(ModelBundle.read(folder), Device.cpu())) {
            List<Pixels> images = renderer.render(
                    List.of(
                            new RenderRequest(new Conditions(new float[0], 0, new float[] {0.5f}), 1, 0, 1),
                            new RenderRequest(new Conditions(new float[0], 2, new float[] {0.5f}), 1, 0, 1),
                            new RenderRequest(new Conditions(new float[0], 0, new float[] {-0.5f}), 1, 0, 1)),
                    8);
            assertThat(images.get(1).rgb()).isNotEqualTo(images.get(0).rgb());
            assertThat(images.get(2).rgb()).as("no brightness at all").containsOnly(0);

            assertThatThrownBy(() -> renderer.render(
                            List.of(new RenderRequest(new Conditions(new float[0], 3, new float[1]), 1, 0, 1)), 8))
                    .hasMessage("label 3, the model has 3");
            assertThatThrownBy(() -> renderer.render(
                            List.of(new RenderRequest(new Conditions(new float[0], 0, new float[2]), 1, 0, 1)), 8))
                    .hasMessage("2 controls, the model reads 1");
        }
    }

    @Test
    void shouldRefuseAFileThatIsNotTheManifests() throws IOException {
        bundle();
        byte[] bytes = Files.readAllBytes(folder.resolve("generator.pt"));
        bytes[bytes.length / 2] ^= 1;
        Files.write(folder.resolve("generator.pt"), bytes);

        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("generator.pt is not the file of the manifest");
    }

    @Test
    void shouldRefuseWhatIsNoProgramAndWhatMakesSomethingElseThanItSays() throws IOException {
        Path file = Files.writeString(folder.resolve("generator.pt"), "not a program");
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertThatThrownBy(() -> generator(SPEC).load(manager, file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no TorchScript program that can be loaded");
        }
        Path other = folder.resolve("other");
        ModelBundle.write(
                other,
                description(generator(SPEC.replace("\"side\": 16", "\"side\": 32"))),
                EXPORTED.resolve("generator.pt"),
                null);
        try (Renderer renderer = Renderer.loadAllowed(ModelBundle.read(other), Device.cpu())) {
            ModelInputs inputs = renderer.generator().inputs();
            assertThatThrownBy(() -> renderer.render(ProbeImages.requests(inputs, 2), 2))
                    .hasMessage("the generator made (2, 3, 16, 16), it declares (2, 3, 32, 32)");
        }
    }

    @Test
    void shouldRefuseWhatWouldOnlyLookLikeImages() throws IOException {
        fails("is no finite number", "Tensor", "return torch.div(noise, torch.zeros_like(noise))");
        fails("is no finite number", "Tensor", "return torch.mul(noise, float('nan'))");
        fails("returned numbers of type int64, must return floats", "Tensor", "return torch.to(noise, 4)");
        fails("returned numbers of type uint8, must return floats", "Tensor", "return torch.to(noise, 0)");
        fails("returned numbers of type boolean, must return floats", "Tensor", "return torch.gt(noise, 0)");
        fails("something else than an array", "float", "return 1.");
        fails("something else than an array", "NoneType", "return None");
        fails("returned 2 arrays, must return one of images", "Tuple[Tensor, Tensor]", "return (noise, noise)");
        fails("the generator made (2, 3, 1, 2)", "Tensor", "return torch.slice(noise, 2, 0, 1)");
    }

    @Test
    void shouldTakeFloatsOfAnyLength() throws IOException {
        List<Pixels> expected = rendered("Tensor", "return torch.to(torch.to(noise, 5), 6)");
        for (int type : new int[] {5, 7}) {
            same(rendered("Tensor", "return torch.to(torch.to(noise, 5), " + type + ")"), expected);
        }
    }

    private void fails(String reason, String returned, String... body) {
        assertThatThrownBy(() -> rendered(returned, body))
                .as(String.join(" ", body))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(reason);
    }

    private List<Pixels> rendered(String returned, String... body) throws IOException {
        ProgramGenerator generator = generator("""
                {"arguments": [{"input": "noise", "shape": [3, 2, 2]}], "output": {"side": 2, "channels": 3}}
                """);
        Path bundle = folder.resolve("text");
        ModelBundle.write(
                bundle, description(generator), TextProgram.write(folder.resolve("text.pt"), returned, body), null);
        try (Renderer renderer = Renderer.loadAllowed(ModelBundle.read(bundle), Device.cpu())) {
            return renderer.render(ProbeImages.requests(generator.inputs(), 2), 2);
        }
    }

    @Test
    void shouldReadWhatASpecSaysAndNothingLikeIt() {
        refuses("\"side\": 16", "\"side\": 16.7", "output.side is '16.7', must be a whole number");
        refuses("\"side\": 16", "\"side\": \"16\"", "output.side must be a whole number");
        refuses("[8, 1, 1]", "[8.5, 1, 1]", "arguments[0].shape[0] is '8.5', must be a whole number");
        refuses("[8, 1, 1]", "[null]", "arguments[0].shape");
        refuses("\"noise\"", "\"Noise\"", "must be one of [noise, sentence, label, label-one-hot, controls]");
        refuses("\"noise\"", "0", "arguments[0].input");
        refuses("\"ring\"", "null", "labels");
        refuses("{\"input\": \"label\"}", "null", "arguments");
        refuses("\"name\": \"brightness\", ", "", "a control has no name");
        refuses("\"min\": -0.5, \"max\": 0.5, \"default\": 0.5", "\"choices\": [\"a\", \"b\"]", "default");
        refuses("[0, 1]}", "[null, 1]}", "range");
        refuses("[0, 1]}", "[0, 1e300]}", "two finite numbers that rise");
        refuses("[0, 1]}", "[-3e38, 3e38]}", "two finite numbers that rise");
        refuses("[0, 1]}", "[0, 1e-44]}", "two finite numbers that rise");
        refuses("[0, 1]}", "[1e8, 1.00000001e8]}", "two finite numbers that rise");
        assertThatThrownBy(() -> generator("null"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("architecture.spec is missing");
        assertThatThrownBy(() -> generator(SPEC.replace("\"output\"", "\"out\"")))
                .hasMessageNotContaining("java.lang")
                .hasMessageNotContaining("dev.limner");
    }

    @Test
    void shouldNameWhatIsWrongWithASpec() {
        refuses("\"noise\", \"shape\": [8, 1, 1]", "\"noise\"", "shape of noise is missing");
        refuses(
                "\"input\": \"label\"",
                "\"input\": \"label\", \"shape\": [3]",
                "shape of label is [3], must be left out");
        refuses("\"label\"}", "\"noise\", \"shape\": [1]}", "has noise twice");
        refuses("\"ring\", ", "\"disc\", ", "inputs.labels has 'disc' twice");
        refuses("[\"disc\", \"ring\", \"bar\"]", "[]", "labels are read by an argument, and none is named");
        refuses(", {\"input\": \"controls\"}", "", "controls are named, and no argument reads them");
        refuses("[0, 1]}", "[1, 0]}", "output.range is [1.0, 0.0], must be two finite numbers that rise");
        refuses("\"side\": 16", "\"side\": 0", "output.side is 0, must be from 1 to 4096");
        refuses("\"channels\": 3", "\"channels\": 2", "output.channels is 2, must be 1 or 3");
        refuses("[8, 1, 1]", "[8, 0]", "shape is 0, must be from 1 to 65536");
        refuses("\"default\": 0.5", "\"default\": 0.6", "has default 0.6, must be from -0.5 to 0.5");
        refuses("\"output\"", "\"out\"", "out");
        refuses("\"noise\"", "\"nois\"", "nois");
    }

    private static void refuses(String from, String to, String reason) {
        assertThat(SPEC).contains(from);
        assertThatThrownBy(() -> generator(SPEC.replace(from, to)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private Manifest bundle() {
        ProgramGenerator generator = generator(SPEC);
        Path file = EXPORTED.resolve("generator.pt");
        ModelBundle.write(folder, description(generator), file, null);
        try (Renderer renderer = Renderer.loadAllowed(ModelBundle.read(folder), Device.cpu())) {
            return ModelBundle.write(
                    folder,
                    description(generator),
                    file,
                    ProbeImages.generate(renderer, ExecutionProfile.of(Device.cpu(), 1, 8)));
        }
    }

    private static ModelBundle.Description description(ProgramGenerator generator) {
        return new ModelBundle.Description("own", generator, null, null, null, List.of(), null);
    }

    private static ProgramGenerator generator(String spec) {
        try {
            JsonNode tree = JSON.readTree(spec);
            return (ProgramGenerator)
                    Architectures.all().find("torchscript").orElseThrow().generator(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void same(List<Pixels> images, List<Pixels> expected) {
        assertThat(images).hasSameSizeAs(expected);
        for (int i = 0; i < images.size(); i++) {
            assertThat(Arrays.equals(images.get(i).rgb(), expected.get(i).rgb()))
                    .isTrue();
        }
    }

    private static float spread(float[] values) {
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return most - least;
    }
}
