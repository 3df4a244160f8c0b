package dev.limner.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.training.tensor.TensorFiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelfDistillationTermTest {
    private static final FilmSpec SPEC = new FilmSpec(4, 6, 4, List.of(8, 8, 8), true);

    @Test
    void shouldHoldTheDataSetsOwnCaptionsAndLetExamplesGo() {
        Engine.getEngine("PyTorch").setRandomSeed(5);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            FilmGenerator network = new FilmGenerator(SPEC);
            Weights weights = network.parameters().initialise(manager);
            Map<String, Safetensors.Tensor> before = new HashMap<>();
            weights.arrays().forEach((name, array) -> before.put(name, TensorFiles.of(array)));
            weights.arrays().values().forEach(array -> array.addi(0.05f));
            NDArray noise = manager.randomNormal(new Shape(2, SPEC.latent()));
            NDArray sentence = manager.randomNormal(new Shape(2, SPEC.text()));
            try (SelfDistillationTerm anchor = new SelfDistillationTerm(Device.cpu(), before, 2)) {
                float both = loss(manager, network, weights, noise, sentence, anchor, 1, 1);
                float first = loss(manager, network, weights, noise, sentence, anchor, 1, 0);
                float second = loss(manager, network, weights, noise, sentence, anchor, 0, 1);

                assertThat(first).isPositive();
                assertThat(second).isPositive();
                assertThat(first + second).isCloseTo(both, within(1e-5f));
                assertThat(loss(manager, network, weights, noise, sentence, anchor, 0, 0))
                        .isZero();
            }
        }
    }

    private static float loss(
            NDManager manager,
            FilmGenerator network,
            Weights weights,
            NDArray noise,
            NDArray sentence,
            SelfDistillationTerm anchor,
            float... own) {
        weights.arrays().values().forEach(array -> array.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray generated = network.generate(weights, GeneratorInputs.of(noise, sentence));
            NDArray loss = anchor.loss(new GeneratorTerm.Generation(
                    manager,
                    0,
                    0,
                    network,
                    weights,
                    noise,
                    sentence,
                    manager.create(own),
                    generated,
                    generated,
                    (images, captions) -> {
                        throw new AssertionError("this term has no adversary");
                    }));
            // A gradient passes, or nothing is held at all.
            collector.backward(loss);
            return loss.getFloat();
        } finally {
            weights.arrays().values().forEach(array -> array.setRequiresGradient(false));
        }
    }
}
