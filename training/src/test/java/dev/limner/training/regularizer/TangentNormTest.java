package dev.limner.training.regularizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.testing.Gradients;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.TangentCritic;
import dev.limner.training.network.projection.ProjectionSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TangentNormTest {
    private static final FilmSpec SPEC = new FilmSpec(4, 6, 4, List.of(8, 8, 8), true);
    private static final float WEIGHT = 3f;

    @Test
    void shouldMatchFiniteDifferencesOfTheSquaredGradientNorm() {
        Gradients.bothWays(TangentNormTest::assertMatch);
    }

    private static void assertMatch() {
        Engine.getEngine("PyTorch").setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Critic critic = new ProjectionSpec(List.of(4, 6, 8), 8).build(new CriticInputs(SPEC.side(), SPEC.text()));
            TangentCritic network = critic.tangent().orElseThrow();
            Weights weights = critic.parameters().initialise(manager);
            // Biases start at zero, where a pass that wrongly kept them would go unnoticed.
            weights.arrays().forEach((name, array) -> {
                if (name.endsWith(".bias")) {
                    array.addi(manager.randomNormal(array.getShape()));
                }
            });
            weights.arrays().values().forEach(array -> array.setRequiresGradient(true));
            NDArray images = manager.randomNormal(new Shape(3, 3, SPEC.side(), SPEC.side()));
            NDArray sentence = manager.randomNormal(new Shape(3, SPEC.text()));

            ActivationMode.Recording recording = new ActivationMode.Recording();
            network.score(weights.frozen(manager), images, sentence, recording);

            float squares = new TangentNorm(network).accumulate(manager, weights, images, sentence, WEIGHT);

            assertThat(squares)
                    .isCloseTo(squaredNorm(manager, network, weights, recording, images, sentence), within(1e-4f));
            for (String name : List.of("start.weight", "stage0.conv2.weight", "end.weight", "score", "caption")) {
                NDArray gradient = weights.get(name).getGradient();
                double norm = Math.sqrt(gradient.square().sum().getFloat());
                double slope = slopeAlong(
                        manager, network, weights, name, gradient.div((float) norm), recording, images, sentence);
                // Along its own direction a gradient's slope is its norm.
                assertThat(WEIGHT / 2 * slope).as(name).isCloseTo(norm, within(0.02 * norm));
            }
        }
    }

    private static double slopeAlong(
            NDManager manager,
            TangentCritic network,
            Weights weights,
            String name,
            NDArray direction,
            ActivationMode.Recording recording,
            NDArray images,
            NDArray sentence) {
        double size = Math.sqrt(weights.get(name).stopGradient().square().sum().getFloat());
        float step = (float) (2e-3 * size);
        float up =
                squaredNorm(manager, network, moved(weights, name, direction.mul(step)), recording, images, sentence);
        float down =
                squaredNorm(manager, network, moved(weights, name, direction.mul(-step)), recording, images, sentence);
        return (up - down) / (2.0 * step);
    }

    private static Weights moved(Weights weights, String name, NDArray move) {
        Map<String, NDArray> arrays = new LinkedHashMap<>(weights.arrays());
        arrays.put(name, weights.get(name).stopGradient().add(move));
        return new Weights(arrays);
    }

    /**
     * Half the penalty at other weights with the rectifiers' slopes held: the squared norm jumps where a slope flips,
     * so a difference across a flip says nothing, and neither does double backpropagation see it.
     */
    private static float squaredNorm(
            NDManager manager,
            TangentCritic network,
            Weights weights,
            ActivationMode.Recording recording,
            NDArray images,
            NDArray sentence) {
        NDArray leaf = images.duplicate();
        leaf.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            ActivationMode held = new ActivationMode.Tangent(recording);
            collector.backward(
                    network.score(weights.frozen(manager), leaf, sentence, held).sum());
        }
        return leaf.getGradient().square().sum().getFloat() / images.getShape().get(0);
    }
}
