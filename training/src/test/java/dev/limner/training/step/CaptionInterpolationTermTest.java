package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.generator.testing.Gradients;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.network.projection.ProjectionSpec;
import dev.limner.training.objective.CaptionInterpolationTerm;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.TermWeight;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Captions between captions: the loss by plain loops, its gradient, and who learns from it. */
class CaptionInterpolationTermTest {
    private static final int COUNT = 3;
    private static final FilmSpec SPEC = new FilmSpec(4, 6, 4, List.of(8, 8), true);
    private static final double SHARE = 0.25;

    @Test
    void shouldPlayForWhatLiesBetweenEachCaptionAndTheNext() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Engine.getEngine("PyTorch").setRandomSeed(5);
            FilmGenerator network = new FilmGenerator(SPEC);
            Critic critic = new ProjectionSpec(List.of(8, 12), 9).build(new CriticInputs(SPEC.side(), SPEC.text()));
            Weights adversary = critic.parameters().initialise(manager);
            Map<String, NDArray> weights =
                    new LinkedHashMap<>(network.parameters().initialise(manager).arrays());
            NDArray noise = Gradients.normal(manager, 1, COUNT, SPEC.latent());
            NDArray sentence = Gradients.normal(manager, 2, COUNT, SPEC.text());
            float[] real = {0.3f, -1, 0.7f};

            // By hand: the mixed caption, as long as the first one was.
            float[] own = sentence.toFloatArray();
            float[] mixed = new float[own.length];
            for (int i = 0; i < COUNT; i++) {
                double before = 0;
                double after = 0;
                for (int j = 0; j < SPEC.text(); j++) {
                    double mine = own[i * SPEC.text() + j];
                    double next = own[(i + 1) % COUNT * SPEC.text() + j];
                    mixed[i * SPEC.text() + j] = (float) ((1 - SHARE) * mine + SHARE * next);
                    before += mine * mine;
                    after += Math.pow(mixed[i * SPEC.text() + j], 2);
                }
                for (int j = 0; j < SPEC.text(); j++) {
                    mixed[i * SPEC.text() + j] *= (float) Math.sqrt(before / after);
                }
            }
            NDArray between = manager.create(mixed, new Shape(COUNT, SPEC.text()));
            float[] scores = critic.score(
                            adversary,
                            network.generate(new Weights(weights), GeneratorInputs.of(noise, between)),
                            between)
                    .toFloatArray();
            double expected = 0;
            for (int i = 0; i < COUNT; i++) {
                expected += 2 * Math.log1p(Math.exp(real[i] - scores[i])) / COUNT;
            }

            GeneratorTerm term = new CaptionInterpolationTerm(TermWeight.constant(2), SHARE);
            assertThat(loss(term, manager, weights, noise, sentence, critic, adversary, real)
                            .getFloat())
                    .isCloseTo((float) expected, within(1e-5f));
            Gradients.check(
                    manager,
                    weights,
                    all -> loss(
                            term,
                            all.get("start.weight").getManager(),
                            all,
                            noise.toType(type(all), true),
                            sentence.toType(type(all), true),
                            critic,
                            wide(adversary, all),
                            real));
        }
    }

    private static DataType type(Map<String, NDArray> all) {
        return all.values().iterator().next().getDataType();
    }

    private static Weights wide(Weights weights, Map<String, NDArray> like) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> arrays.put(name, array.toType(type(like), true)));
        return new Weights(arrays);
    }

    private static NDArray loss(
            GeneratorTerm term,
            NDManager manager,
            Map<String, NDArray> weights,
            NDArray noise,
            NDArray sentence,
            Critic critic,
            Weights adversary,
            float[] real) {
        return term.loss(new GeneratorTerm.Generation(
                manager,
                0,
                0,
                new FilmGenerator(SPEC),
                new Weights(weights),
                noise,
                sentence,
                noise,
                noise,
                noise,
                (images, captions) -> Activation.softPlus(manager.create(real)
                                .toType(images.getDataType(), true)
                                .sub(critic.score(adversary, images, captions)))
                        .mean()));
    }

    /** One step from the same weights: the generator's move differs, the critic's does not. */
    @Test
    void shouldTeachTheGeneratorAlone() {
        Map<String, Safetensors.Tensor> without = afterOneStep(TestRecipes.tiny());
        Map<String, Safetensors.Tensor> with =
                afterOneStep(TestRecipes.tiny("terms: [{kind: gan-int, weight: 1, share: 0.5}]"));
        Map<String, Safetensors.Tensor> never =
                afterOneStep(TestRecipes.tiny("terms: [{kind: gan-int, weight: 0, share: 0.5}]"));

        TrainingBytes.assertSame(part("discriminator/", with), part("discriminator/", without));
        assertThat(with.get("generator/film.weight").toArray())
                .isNotEqualTo(without.get("generator/film.weight").toArray());
        TrainingBytes.assertSame(never, without);
    }

    private static Map<String, Safetensors.Tensor> part(String prefix, Map<String, Safetensors.Tensor> tensors) {
        Map<String, Safetensors.Tensor> part = new LinkedHashMap<>(tensors);
        part.keySet().removeIf(name -> !name.startsWith(prefix));
        return part;
    }

    private static Map<String, Safetensors.Tensor> afterOneStep(Recipe recipe) {
        try (GanTrainer trainer = new GanTrainer(recipe, Device.cpu())) {
            trainer.step(0, TrainingBytes.batches(recipe, 0, 1));
            return trainer.arrays();
        }
    }
}
