package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.training.objective.ElasticWeightConsolidation;
import dev.limner.training.objective.SelfDistillationTerm;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The default recipe's parts do together what its step did when it was one piece: every byte of every array. */
class SameBytesTest {
    private static final int STEPS = 50;

    @Test
    void shouldBeThoseOfTheStraightStep() {
        assertSame(TestRecipes.tiny(), TrainingSetup.FROM_NOTHING, 1);
    }

    @Test
    void shouldBeThoseOfTheStraightStepWithGradientsOfSeveralBatches() {
        assertSame(
                TestRecipes.tiny(
                        "objective: {mismatch: 0.5, gamma: 1, penaltyEvery: 1, reconstruction: 0}",
                        "beta1: 0.5",
                        "accumulate: 3",
                        "augmentation: {translation: 0, cutout: 0.25}"),
                TrainingSetup.FROM_NOTHING,
                3);
    }

    @Test
    void shouldBeThoseOfTheStraightStepWhereWeightsAreKeptAndTermsAdded() {
        Recipe recipe = TestRecipes.tiny();
        Map<String, Safetensors.Tensor> generator;
        Map<String, Safetensors.Tensor> discriminator;
        try (GanTrainer parent = new GanTrainer(recipe.withSeed(9), Device.cpu())) {
            parent.step(0, TrainingBytes.batches(recipe, 0, 1));
            generator = parent.averaged();
            discriminator = parent.discriminator();
        }
        Predicate<String> moves = recipe.generator().parameters().trained(FineTuning.DEFAULT::moves);
        Predicate<String> movesInCritic = recipe.critic().parameters().trained(FineTuning::movesInDiscriminator);
        TrainingSetup plain = new TrainingSetup(generator, discriminator, moves, movesInCritic, List.of());
        Map<String, Safetensors.Tensor> importance;
        try (GanTrainer probe = new GanTrainer(recipe, Device.cpu(), plain)) {
            Map<String, Safetensors.Tensor> before = probe.arrays();
            importance = probe.importance(TrainingBytes.batches(recipe, 7, 3));
            TrainingBytes.assertSame(probe.arrays(), before);
            assertThat(importance.keySet()).isNotEmpty().allMatch(moves);
        }
        try (SelfDistillationTerm anchor = new SelfDistillationTerm(Device.cpu(), generator, 2);
                ElasticWeightConsolidation elastic =
                        new ElasticWeightConsolidation(Device.cpu(), generator, importance, 1e-3f)) {
            assertSame(
                    recipe,
                    new TrainingSetup(generator, discriminator, moves, movesInCritic, List.of(anchor, elastic)),
                    1);
        }
    }

    /** {@code checkpoints/first-format} was written by a training whose step was one piece. */
    @Test
    void shouldGoOnFromACheckpointThatIsOlderThanTheParts() throws IOException {
        Recipe recipe = Recipe.read(Path.of("src/test/resources/checkpoints/first-format/recipe.yaml"));
        Map<String, Safetensors.Tensor> saved =
                Safetensors.read(Path.of("src/test/resources/checkpoints/first-format/step-10.safetensors"));
        try (GanTrainer trainer = new GanTrainer(recipe, Device.cpu());
                StraightStep straight = new StraightStep(recipe, TrainingSetup.FROM_NOTHING)) {
            trainer.restore(saved);
            TrainingBytes.assertSame(trainer.arrays(), inOrder(saved, trainer.arrays()));
            straight.restore(saved);
            for (int step = 10; step < 20; step++) {
                List<TrainingBatch> batches = TrainingBytes.batches(recipe, step, 1);
                trainer.step(step, batches);
                straight.step(step, batches);
            }
            TrainingBytes.assertSame(trainer.arrays(), straight.arrays());
        }
    }

    /** A file may have its arrays in any order, but no others. */
    private static Map<String, Safetensors.Tensor> inOrder(
            Map<String, Safetensors.Tensor> tensors, Map<String, Safetensors.Tensor> order) {
        assertThat(tensors.keySet()).containsExactlyInAnyOrderElementsOf(order.keySet());
        Map<String, Safetensors.Tensor> sorted = new LinkedHashMap<>();
        order.keySet().forEach(name -> sorted.put(name, tensors.get(name)));
        return sorted;
    }

    private static void assertSame(Recipe recipe, TrainingSetup setup, int batches) {
        try (GanTrainer trainer = new GanTrainer(recipe, Device.cpu(), setup);
                StraightStep straight = new StraightStep(recipe, setup)) {
            for (int step = 0; step < STEPS; step++) {
                List<TrainingBatch> dealt = TrainingBytes.batches(recipe, step, batches);
                trainer.step(step, dealt);
                straight.step(step, dealt);
            }
            TrainingBytes.assertSame(trainer.arrays(), straight.arrays());
        }
    }
}
