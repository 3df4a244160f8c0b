package dev.limner.generator.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.noise.CounterNoise;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RendererTest {
    private static final FilmSpec SPEC = new FilmSpec(8, 12, 6, List.of(16, 12, 8), null);

    @TempDir
    Path folder;

    @Test
    void shouldGenerateTheSameFromABundleAsFromTheNetworkItWasWrittenFrom() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            FilmGenerator network = new FilmGenerator(SPEC);
            Weights weights = weights(manager, network);
            Manifest written = ModelBundle.write(folder, description(), content(tensors(weights)));

            ModelBundle bundle = ModelBundle.read(folder);

            assertThat(bundle.manifest()).isEqualTo(written);
            assertThat(written.digest()).hasSize(64);
            try (Renderer direct = Renderer.over(manager, network, weights);
                    Renderer loaded = Renderer.load(bundle, Device.cpu())) {
                List<RenderRequest> requests = requests(5);
                assertThat(bytes(loaded.render(requests, 8))).isEqualTo(bytes(direct.render(requests, 8)));
            }
        }
    }

    @Test
    void shouldGenerateAnImageThatDependsOnCaptionSeedIndexAndTruncation() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Renderer renderer = renderer(manager)) {
            float[] apple = embedding(1);
            List<Pixels> images = renderer.render(
                    List.of(
                            new RenderRequest(apple, 1, 0, 1),
                            new RenderRequest(apple, 1, 0, 1),
                            new RenderRequest(apple, 2, 0, 1),
                            new RenderRequest(apple, 1, 1, 1),
                            new RenderRequest(apple, 1, 0, 0.5),
                            new RenderRequest(embedding(2), 1, 0, 1)),
                    8);

            assertThat(images.get(1).rgb()).isEqualTo(images.get(0).rgb());
            for (Pixels other : images.subList(2, 6)) {
                assertThat(other.rgb()).isNotEqualTo(images.get(0).rgb());
            }
            assertThat(images.get(0).width()).isEqualTo(SPEC.side());
        }
    }

    @Test
    void shouldGenerateProbesInBatchesOfTheSizeThatTheProfileNames() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Renderer renderer = renderer(manager)) {
            for (int batch : new int[] {3, 8, 16}) {
                ExecutionProfile profile = ExecutionProfile.of(Device.cpu(), 1, batch);

                ProbeSheet sheet = ProbeImages.generate(renderer, profile);

                assertThat(sheet.profile()).isEqualTo(profile.name()).endsWith("-b" + batch);
                List<RenderRequest> requests = ProbeImages.requests(new FilmGenerator(SPEC).inputs(), 8);
                int together = Math.min(batch, requests.size());
                assertThat(sheet.images()).hasSize(requests.size());
                assertThat(bytes(sheet.images().subList(0, together)))
                        .isEqualTo(bytes(renderer.render(requests.subList(0, together), batch)));
            }
        }
    }

    /** The shipped models' probes were generated before profiles named their arithmetic. */
    @Test
    void shouldGenerateTheShippedModelsAsTheirMakersSawThem() {
        for (String name : List.of("default", "default-zh")) {
            ModelBundle bundle = ModelBundle.read(Path.of("../models").resolve(name));
            ProbeSheet recorded = bundle.probes().orElseThrow();
            try (Renderer renderer = Renderer.load(bundle, Device.cpu())) {
                ExecutionProfile here = ExecutionProfile.of(Device.cpu());

                assertThat(recorded.profile()).isNotEqualTo(here.name());
                assertThat(recorded.difference(
                                ProbeImages.generate(renderer, here).images()))
                        .isLessThanOrEqualTo(2);
                ConvolutionSupport.on(Device.cpu())
                        .with(
                                true,
                                () -> assertThat(recorded.difference(ProbeImages.generate(renderer, here)
                                                .images()))
                                        .isLessThanOrEqualTo(2));
            }
        }
    }

    @Test
    void shouldRefuseABundleThatWasTamperedWith() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            ModelBundle.write(folder, description(), content(tensors(weights(manager, new FilmGenerator(SPEC)))));
        }
        Path weights = folder.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("weights.safetensors has digest");

        Path manifest = folder.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"latent\" : 8", "\"latent\" : 9"));
        assertThatThrownBy(() -> ModelBundle.read(folder))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("its content has");
    }

    @Test
    void shouldCloseAProgramThatItLoadedAndAskItByOneThreadAtATime() throws InterruptedException {
        AtomicInteger closed = new AtomicInteger();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ProgramGenerator grey = new GreyProgram(closed, inside, most);
        try (Renderer renderer = Renderer.ofProgram(grey, folder, Device.cpu())) {
            List<RenderRequest> requests = ProbeImages.requests(grey.inputs(), 1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofPlatform().start(() -> renderer.render(requests, 1)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(renderer.render(requests, 1).get(0).rgb()).containsOnly((byte) 128);
            assertThat(closed).hasValue(0);
        }
        assertThat(closed).hasValue(1);
        assertThat(most).hasValue(1);
    }

    private record GreyProgram(AtomicInteger closed, AtomicInteger inside, AtomicInteger most)
            implements ProgramGenerator {
        @Override
        public String architecture() {
            return "grey";
        }

        @Override
        public JsonNode spec() {
            return JsonNodeFactory.instance.objectNode();
        }

        @Override
        public ModelInputs inputs() {
            return ModelInputs.caption(2, 0);
        }

        @Override
        public ModelOutput output() {
            return ModelOutput.image(4);
        }

        @Override
        public List<ConvolutionShape> convolutions(int batch) {
            return List.of();
        }

        @Override
        public String fileName() {
            return "grey.pt";
        }

        @Override
        public Program load(NDManager owner, Path file) {
            return new Program() {
                @Override
                public NDArray generate(GeneratorInputs inputs) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    NDArray noise = inputs.requireNoise();
                    NDArray image =
                            noise.getManager().zeros(new Shape(noise.getShape().get(0), 3, 4, 4));
                    pause();
                    inside.decrementAndGet();
                    return image;
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }

        private static void pause() {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldUndoThePixelShuffleExactly() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray image = manager.randomNormal(new Shape(2, 3, 8, 8));

            NDArray unshuffled = Layers.pixelUnshuffle(image);

            assertThat(unshuffled.getShape()).isEqualTo(new Shape(2, 12, 4, 4));
            assertThat(Layers.pixelShuffle(unshuffled)).isEqualTo(image);
        }
    }

    private static ModelBundle.Content content(Map<String, Safetensors.Tensor> generator) {
        return new ModelBundle.Content(generator, null, null);
    }

    private static ModelBundle.Description description() {
        return new ModelBundle.Description("test", new FilmGenerator(SPEC), "none", null, null, List.of(), null);
    }

    private static Weights weights(NDManager manager, FilmGenerator network) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        return network.parameters().initialise(manager);
    }

    private static Renderer renderer(NDManager manager) {
        FilmGenerator network = new FilmGenerator(SPEC);
        return Renderer.over(manager, network, weights(manager, network));
    }

    private static Map<String, Safetensors.Tensor> tensors(Weights weights) {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> {
            List<Long> shape = new ArrayList<>();
            Arrays.stream(array.getShape().getShape()).forEach(shape::add);
            tensors.put(name, new Safetensors.Tensor(shape, FloatBuffer.wrap(array.toFloatArray())));
        });
        return tensors;
    }

    private static List<RenderRequest> requests(int count) {
        List<RenderRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(new RenderRequest(embedding(i), i, i, 1));
        }
        return requests;
    }

    private static float[] embedding(long seed) {
        return CounterNoise.normal(seed, 99, SPEC.text());
    }

    private static byte[] bytes(List<Pixels> images) {
        int stride = images.get(0).rgb().length;
        byte[] all = new byte[stride * images.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).rgb(), 0, all, i * stride, stride);
        }
        return all;
    }
}
