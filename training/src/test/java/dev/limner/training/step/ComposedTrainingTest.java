package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.Critic;
import dev.limner.training.network.projection.ProjectionSpec;
import dev.limner.training.objective.RelativisticObjective;
import dev.limner.training.recipe.Composition;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import dev.limner.training.regularizer.Penalty;
import dev.limner.training.regularizer.Regularizer;
import dev.limner.training.toy.LogisticObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Recipes of other parts than the default's: an objective and a critic that only this module's tests have. */
class ComposedTrainingTest {
    private static final String[] TOY = {
        "discriminator: {kind: soft, hidden: 8}",
        "objective: {kind: logistic}",
        "regularizers: [{kind: r1-r2-autograd, gamma: 1, every: 2}]",
        "game: {criticMoves: 2}"
    };

    @Test
    void shouldFindAnObjectiveThatIsOneFileAndOneLine() throws IOException {
        assertThat(TestRecipes.tiny(TOY).parts().objective()).isEqualTo(new LogisticObjective());
        // Beside those of the product.
        assertThat(TestRecipes.tiny().parts().objective()).isInstanceOf(RelativisticObjective.class);
        assertThat(TestRecipes.tiny().parts().discriminator()).isInstanceOf(ProjectionSpec.class);
        Path line = Path.of("src/test/resources/META-INF/services/dev.limner.training.objective.ObjectiveKind");
        Path file = Path.of("src/test/java/dev/limner/training/toy/LogisticObjective.java");
        assertThat(Files.readAllLines(line)).containsExactly(LogisticObjective.Kind.class.getName());
        assertThat(Files.readAllLines(file)).hasSizeLessThan(50);
    }

    @Test
    void shouldTrainAndGoOnWithPartsThatTheDefaultRecipeDoesNotHave() {
        Recipe recipe = TestRecipes.tiny(TOY);
        try (GanTrainer whole = new GanTrainer(recipe, Device.cpu());
                GanTrainer parts = new GanTrainer(recipe, Device.cpu())) {
            Map<String, Safetensors.Tensor> initial = whole.arrays();
            run(whole, recipe, 0, 5);
            Map<String, Safetensors.Tensor> saved = whole.arrays();
            run(whole, recipe, 5, 10);

            // In the same process: what an engine compiles anew after some calls must not count.
            parts.restore(saved);
            run(parts, recipe, 5, 10);

            TrainingBytes.assertSame(parts.arrays(), whole.arrays());
            assertThat(whole.arrays().get("discriminator/in.weight").toArray())
                    .isNotEqualTo(initial.get("discriminator/in.weight").toArray())
                    .doesNotContain(Float.NaN);
        }
    }

    @Test
    void shouldGoOnAlongAWeightThatChanges() {
        Recipe recipe = TestRecipes.tiny("terms: [{kind: gan-int, weight: {from: 2, to: 0, steps: 5}, share: 0.5},"
                + " {kind: reconstruction, weight: {from: 0, to: 3, steps: 7}}]");
        try (GanTrainer whole = new GanTrainer(recipe, Device.cpu());
                GanTrainer parts = new GanTrainer(recipe, Device.cpu())) {
            for (int step = 0; step < 8; step++) {
                whole.step(step, TrainingBytes.batches(recipe, step, 1));
                if (step == 3) {
                    parts.restore(whole.arrays());
                }
            }
            for (int step = 4; step < 8; step++) {
                parts.step(step, TrainingBytes.batches(recipe, step, 1));
            }

            TrainingBytes.assertSame(parts.arrays(), whole.arrays());
        }
    }

    @Test
    void shouldTakeAsManyBatchesAsTheGameHasMoves() {
        Recipe recipe = TestRecipes.tiny(TOY);

        assertThat(recipe.batches()).isEqualTo(2);
        try (GanTrainer trainer = new GanTrainer(recipe, Device.cpu())) {
            List<TrainingBatch> three = LongStream.range(0, 3)
                    .mapToObj(i -> TrainingBytes.batch(recipe, i))
                    .toList();
            assertThatThrownBy(() -> trainer.step(0, three)).hasMessageContaining("3 batches cannot be dealt out to 2");
        }
    }

    @Test
    void shouldRefuseAPenaltyThatCannotDifferentiateTheCritic() {
        assertThatThrownBy(() -> TestRecipes.tiny(
                        "discriminator: {kind: soft, hidden: 8}",
                        "regularizers: [{kind: r1-r2, gamma: 1, every: 2}]",
                        "objective: {kind: logistic}"))
                .hasMessageEndingWith(
                        "the regularizer r1-r2 pushes a tangent through the discriminator, and soft lets none"
                                + " through: it is not piecewise linear; r1-r2-autograd can differentiate it");
        // The short form asks for the same penalty.
        assertThatThrownBy(() -> TestRecipes.tiny("discriminator: {kind: soft, hidden: 8}"))
                .hasMessageContainingAll("r1-r2", "soft");
    }

    @Test
    void shouldTellARegularizerOfEachBatchEachMoveAndTheEnd() {
        List<String> seen = new ArrayList<>();
        Recipe recipe =
                regularized(TestRecipes.tiny("game: {criticMoves: 2}"), new Noted("a", seen), new Noted("b", seen));

        try (GanTrainer trainer = new GanTrainer(recipe, Device.cpu())) {
            assertThat(trainer.step(0, TrainingBytes.batches(recipe, 0, recipe.batches()))
                            .penalty())
                    .as("of the last one that measured something")
                    .isEqualTo(2);
        }

        List<String> move = List.of("a 1.0", "b 1.0", "a moved", "b moved");
        List<String> expected = new ArrayList<>(move);
        expected.addAll(move);
        expected.addAll(List.of("a closed", "b closed"));
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void shouldCloseWhatThereIsOfARegularizerWhereAnotherIsRefused() {
        List<String> seen = new ArrayList<>();
        Recipe recipe = regularized(TestRecipes.tiny(), new Noted("a", seen), new Noted("refused", seen));

        assertThatThrownBy(() -> new GanTrainer(recipe, Device.cpu())).hasMessage("not on this machine");

        assertThat(seen).containsExactly("a closed");
    }

    private static Recipe regularized(Recipe recipe, Regularizer... regularizers) {
        Composition parts = recipe.parts();
        return new Recipe(
                recipe.name(),
                recipe.language(),
                recipe.seed(),
                recipe.batch(),
                recipe.generator(),
                new Composition(
                        parts.discriminator(),
                        parts.game(),
                        parts.objective(),
                        parts.terms(),
                        List.of(regularizers),
                        parts.augmentations(),
                        parts.optimizer()),
                recipe.text(),
                recipe.data());
    }

    /** Notes what it is told. */
    private record Noted(String name, List<String> seen) implements Regularizer {
        @Override
        public void require(Critic critic) {}

        @Override
        public Penalty over(Critic critic, Device device) {
            if (name.equals("refused")) {
                throw new IllegalArgumentException("not on this machine");
            }
            return new Penalty() {
                @Override
                public float accumulate(Move move) {
                    seen.add(name + " " + move.share());
                    return name.equals("b") ? 2 : 1;
                }

                @Override
                public void moved(NDManager temporary, Weights weights) {
                    seen.add(name + " moved");
                }

                @Override
                public void close() {
                    seen.add(name + " closed");
                }
            };
        }
    }

    private static void run(GanTrainer trainer, Recipe recipe, int from, int to) {
        for (int step = from; step < to; step++) {
            StepReport report = trainer.step(step, TrainingBytes.batches(recipe, step, recipe.batches()));
            assertThat(report.diverged()).isFalse();
            assertThat(report.penalty()).isNotNaN();
        }
    }
}
