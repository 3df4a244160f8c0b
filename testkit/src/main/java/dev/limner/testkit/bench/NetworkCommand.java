package dev.limner.testkit.bench;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.device.DeviceChoice;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.launcher.ProjectLayout;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.TrainingBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code limner bench network}: this side of {@code limner bench torch}, a process of its own because libtorch's threads
 * are set once per process. It answers the same requests as {@code torch_peer.py}.
 */
@Command(
        name = "network",
        hidden = true,
        description = "Answer requests of limner bench torch.",
        mixinStandardHelpOptions = true)
final class NetworkCommand implements Runnable {
    private static final int WARM_UP = 3;
    private static final double NANOS = 1e9;

    @Option(names = "--threads", defaultValue = "1")
    int threads;

    @Option(names = "--device", defaultValue = "cpu")
    @SuppressWarnings("NullAway.Init")
    String deviceName;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        ProjectLayout home = ProjectLayout.find();
        Device device = DeviceChoice.resolve(deviceName);
        TorchThreads.set(threads);
        ModelBundle bundle = ModelBundle.read(home.defaultModel());
        Recipe recipe = Recipe.read(home.root().resolve("recipes/limner-64.yaml"));
        PrintWriter answers = spec.commandLine().getOut();
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch");
                GanTrainer training = new GanTrainer(recipe, device);
                BufferedReader requests =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            TrainableGenerator network = bundle.generator();
            Weights weights = load(manager, bundle.weights());
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                String[] request = line.split(" ", -1);
                answers.println(
                        switch (request[0]) {
                            case "version" -> Engine.getEngine("PyTorch").getVersion();
                            case "same" -> same(manager, network, weights);
                            case "draw" -> generate(manager, network, weights, number(request[1]), seconds(request[2]));
                            default -> step(training, recipe, number(request[1]), seconds(request[2]));
                        });
                answers.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the requests cannot be read", e);
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private static double seconds(String text) {
        return Double.parseDouble(text);
    }

    private static Weights load(NDManager manager, Map<String, Safetensors.Tensor> tensors) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            Shape shape =
                    new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
            arrays.put(name, manager.create(tensor.toArray(), shape));
        });
        return new Weights(arrays);
    }

    private static String same(NDManager manager, TrainableGenerator network, Weights weights) {
        float[] noise = new float[network.inputs().noise()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) i / noise.length - 0.5f;
        }
        float[] sentence = new float[network.inputs().sentence()];
        for (int i = 0; i < sentence.length; i++) {
            sentence[i] = (float) Math.cos(i);
        }
        try (NDManager temporary = manager.newSubManager()) {
            NDArray image = network.generate(
                    weights,
                    GeneratorInputs.of(
                            temporary.create(noise, new Shape(1, noise.length)),
                            temporary.create(sentence, new Shape(1, sentence.length))));
            float[] values = image.toFloatArray();
            return IntStream.range(0, values.length)
                    .mapToObj(i -> String.format(Locale.ROOT, "%.6f", values[i]))
                    .collect(Collectors.joining(" "));
        }
    }

    private static String generate(
            NDManager manager, TrainableGenerator network, Weights weights, int batch, double seconds) {
        try (NDManager inputs = manager.newSubManager()) {
            NDArray noise =
                    inputs.randomNormal(new Shape(batch, network.inputs().noise()));
            NDArray sentence =
                    inputs.randomNormal(new Shape(batch, network.inputs().sentence()));
            return timed(batch, seconds, () -> {
                try (NDManager temporary = inputs.newSubManager()) {
                    NDArray own = noise.duplicate();
                    own.attach(temporary);
                    network.generate(weights, GeneratorInputs.of(own, sentence)).getFloat(0, 0, 0, 0);
                }
            });
        }
    }

    private static String step(GanTrainer training, Recipe recipe, int batch, double seconds) {
        int side = recipe.generator().output().side();
        int text = recipe.generator().inputs().sentence();
        float[] images = CounterNoise.normal(1, 0, batch * 3 * side * side);
        float[] sentences = CounterNoise.normal(1, 1, batch * text);
        float[] mismatched = CounterNoise.normal(1, 2, batch * text);
        long[] number = {0};
        return timed(
                batch,
                seconds,
                () -> training.step(number[0]++, List.of(new TrainingBatch(batch, images, sentences, mismatched))));
    }

    private static String timed(int batch, double seconds, Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - start < seconds * NANOS) {
            work.run();
            count++;
        }
        return String.format(Locale.ROOT, "%.2f", count * batch / ((System.nanoTime() - start) / NANOS));
    }
}
