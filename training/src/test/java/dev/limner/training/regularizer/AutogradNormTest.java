package dev.limner.training.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.network.Weights;
import dev.limner.generator.testing.Gradients;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.projection.ProjectionSpec;
import dev.limner.training.toy.SoftCritic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AutogradNormTest {
    private static final float WEIGHT = 3;

    @Test
    void shouldMatchFiniteDifferencesOfTheClosedFormWhereLayersAreSmooth() {
        int side = 2;
        int text = 3;
        int hidden = 5;
        int pixels = 3 * side * side;
        SoftCritic critic = new SoftCritic(pixels, text, hidden);
        Engine.getEngine("PyTorch").setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                AutogradNorm norm = new AutogradNorm(critic.scripted().orElseThrow(), Device.cpu())) {
            Weights weights = trainable(critic, manager);
            NDArray images = Gradients.normal(manager, 1, 4, 3, side, side);
            NDArray sentence = Gradients.normal(manager, 2, 4, text);
            double[] in = Gradients.doubles(weights.get("in.weight").stopGradient());
            double[] out = Gradients.doubles(weights.get("out.weight").stopGradient());
            double[] x = Gradients.doubles(images);
            double[] s = Gradients.doubles(sentence);

            float squares = norm.accumulate(manager, weights, images, sentence, WEIGHT);

            assertThat((double) squares).isCloseTo(squares(in, out, x, s, pixels, text), within(1e-5));
            assertSlopes(weights.get("in.weight"), in, moved -> squares(moved, out, x, s, pixels, text));
            assertSlopes(weights.get("out.weight"), out, moved -> squares(in, moved, x, s, pixels, text));
        }
    }

    private interface Squares {
        double of(double[] values);
    }

    private static void assertSlopes(NDArray weight, double[] values, Squares squares) {
        double[] expected = new double[values.length];
        double step = 1e-6;
        for (int i = 0; i < values.length; i++) {
            double[] moved = values.clone();
            moved[i] = values[i] + step;
            double up = squares.of(moved);
            moved[i] = values[i] - step;
            expected[i] = WEIGHT / 2 * (up - squares.of(moved)) / (2 * step);
        }
        Gradients.assertClose(weight.getName(), Gradients.doubles(weight.getGradient()), expected);
    }

    /** Mean |d score / d image|^2 of the two-layer critic, whose gradient is sum over h of out_h sigmoid(a_h) in_h. */
    private static double squares(double[] in, double[] out, double[] images, double[] sentence, int pixels, int text) {
        int inputs = pixels + text;
        int count = images.length / pixels;
        double total = 0;
        for (int n = 0; n < count; n++) {
            double[] gradient = new double[pixels];
            for (int h = 0; h < out.length; h++) {
                double sum = 0;
                for (int i = 0; i < inputs; i++) {
                    sum += in[h * inputs + i] * (i < pixels ? images[n * pixels + i] : sentence[n * text + i - pixels]);
                }
                double slope = out[h] / (1 + Math.exp(-sum));
                for (int i = 0; i < pixels; i++) {
                    gradient[i] += slope * in[h * inputs + i];
                }
            }
            for (double value : gradient) {
                total += value * value;
            }
        }
        return total / count;
    }

    /** Two ways that have nothing in common but the network. */
    @Test
    void shouldAgreeWithTheTangentPassOnTheDefaultCritic() {
        ConvolutionSupport support = ConvolutionSupport.on(Device.cpu());
        support.require(List.of(), true);
        assumeThat(support.pads()).as("a program's convolutions are not padded").isFalse();
        int side = 32;
        int text = 6;
        Critic critic = new ProjectionSpec(List.of(8, 16, 17), 9).build(new CriticInputs(side, text));
        Engine.getEngine("PyTorch").setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                AutogradNorm autograd = new AutogradNorm(critic.scripted().orElseThrow(), Device.cpu())) {
            Weights weights = trainable(critic, manager);
            NDArray images = Gradients.normal(manager, 1, 4, 3, side, side);
            NDArray sentence = Gradients.normal(manager, 2, 4, text);

            float tangent = new TangentNorm(critic.tangent().orElseThrow())
                    .accumulate(manager, weights, images, sentence, WEIGHT);
            Map<String, double[]> expected = gradients(weights);
            float twice = autograd.accumulate(manager, weights, images, sentence, WEIGHT);

            assertThat(twice).isCloseTo(tangent, within(1e-4f * tangent));
            gradients(weights).forEach((name, both) -> {
                double[] first = expected.get(name);
                // Gradients add up.
                double[] second = new double[both.length];
                for (int i = 0; i < both.length; i++) {
                    second[i] = both[i] - first[i];
                }
                Gradients.assertClose(name, second, first);
            });
        }
    }

    @Test
    void shouldTakeTurnsBetweenRealAndGeneratedImages() {
        SoftCritic critic = new SoftCritic(12, 3, 5);
        Engine.getEngine("PyTorch").setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                AutogradNorm norm = new AutogradNorm(critic.scripted().orElseThrow(), Device.cpu());
                Penalty penalty = new AutogradPenalty(1, 4).over(critic, Device.cpu())) {
            Weights weights = trainable(critic, manager);
            NDArray real = Gradients.normal(manager, 1, 4, 3, 2, 2);
            NDArray generated = Gradients.normal(manager, 2, 4, 3, 2, 2);
            NDArray sentence = Gradients.normal(manager, 3, 4, 3);
            float[] measured = new float[5];
            for (int step = 0; step < measured.length; step++) {
                measured[step] =
                        penalty.accumulate(new Penalty.Move(manager, step, weights, real, generated, sentence, 1));
            }

            float ofReal = norm.accumulate(manager, weights, real, sentence, 1);
            float ofGenerated = norm.accumulate(manager, weights, generated, sentence, 1);
            assertThat(ofReal).isNotEqualTo(ofGenerated);
            assertThat(measured).containsExactly(ofReal, Float.NaN, ofGenerated, Float.NaN, ofReal);
        }
    }

    /** A graph that is not given back keeps at least the images it was made of, 3 MiB each time. */
    @Test
    void shouldGiveBackWhatItTookAndRepeatItselfToTheByte() throws IOException {
        int side = 128;
        SoftCritic critic = new SoftCritic(3 * side * side, 4, 8);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                AutogradNorm norm = new AutogradNorm(critic.scripted().orElseThrow(), Device.cpu())) {
            Weights weights = trainable(critic, manager);
            NDArray images = Gradients.normal(manager, 1, 16, 3, side, side);
            NDArray sentence = Gradients.normal(manager, 2, 16, 4);
            double[] first = step(manager, norm, weights, images, sentence);
            for (int i = 0; i < 10; i++) {
                step(manager, norm, weights, images, sentence);
            }
            long before = residentKib();
            double[] last = first;
            for (int i = 0; i < 40; i++) {
                last = step(manager, norm, weights, images, sentence);
            }

            assertThat(last).isEqualTo(first);
            assertThat(residentKib() - before).as("KiB grown in 40 steps").isLessThan(40 * 1024L);
        }
    }

    private static double[] step(
            NDManager manager, AutogradNorm norm, Weights weights, NDArray images, NDArray sentence) {
        try (NDManager temporary = manager.newSubManager()) {
            norm.accumulate(temporary, weights, images, sentence, WEIGHT);
            NDArray gradient = weights.get("out.weight").getGradient();
            gradient.attach(temporary);
            double[] values = Gradients.doubles(gradient);
            weights.arrays().values().forEach(array -> {
                NDArray each = array.getGradient();
                each.attach(temporary);
                each.subi(each);
            });
            return values;
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static Weights trainable(Critic critic, NDManager manager) {
        Weights weights = critic.parameters().initialise(manager);
        weights.arrays().forEach((name, array) -> {
            // Biases start at zero, where a pass that wrongly kept them would go unnoticed.
            if (name.endsWith(".bias")) {
                array.addi(manager.randomNormal(array.getShape()));
            }
            array.setRequiresGradient(true);
        });
        return weights;
    }

    private static Map<String, double[]> gradients(Weights weights) {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> gradients.put(name, Gradients.doubles(array.getGradient())));
        return gradients;
    }
}
