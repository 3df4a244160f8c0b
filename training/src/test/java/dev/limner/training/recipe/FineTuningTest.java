package dev.limner.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.WeightGroup;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FineTuningTest {
    private static final FineTuning TUNING = new FineTuning(
            300,
            1e-4,
            0.98,
            24,
            8,
            1,
            1,
            2,
            1e-3,
            FineTuning.Moves.MODULATION,
            new FineTuning.Examples(0.25, 40, 2e-4, 0.995, FineTuning.Moves.ALL));

    @Test
    void shouldBeAsItIsWithoutExamples() {
        assertThat(TUNING.forExamples(0)).isEqualTo(TUNING);
    }

    @Test
    void shouldTakeAsManyStepsAsTheExamplesNeedAndMoveWhatTheyNeed() {
        FineTuning tuned = TUNING.forExamples(150);

        // 40 passes over 150 examples, 6 of them a step.
        assertThat(tuned.steps()).isEqualTo(1000);
        assertThat(tuned.learningRate()).isEqualTo(2e-4);
        assertThat(tuned.averageDecay()).isEqualTo(0.995);
        assertThat(tuned.moves(WeightGroup.BODY)).isTrue();
        assertThat(tuned.forExamples(150)).isEqualTo(tuned);
    }

    /** What a round moves decides what it makes of feedback: the same weights as when they were told by their names. */
    @Test
    void shouldMoveTheWeightsOfTheDefaultNetworksThatItAlwaysDid() {
        Recipe recipe = TestRecipes.tiny(
                "generator: {latent: 4, text: 10, condition: 8, channels: [20, 16, 12], smooth: true}",
                "discriminator: {channels: [12, 14, 17], features: 9}");
        Parameters generator = recipe.generator().parameters();
        Parameters critic = recipe.critic().parameters();

        assertThat(names(generator, generator.trained(TUNING::moves)))
                .containsExactlyElementsOf(names(
                        generator,
                        name -> name.startsWith("project.") || name.startsWith("start.") || name.startsWith("film.")));
        assertThat(names(critic, critic.trained(FineTuning::movesInDiscriminator)))
                .containsExactlyElementsOf(
                        names(critic, name -> !name.startsWith("start.") && !name.startsWith("stage0.")));
        assertThat(names(generator, generator.trained(group -> group == WeightGroup.PIXELS)))
                .containsExactly("pixels.weight", "pixels.bias");
    }

    @Test
    void shouldTakeOneBatchAStepWhateverTheModelWasTrainedWith() {
        Recipe tuned = TestRecipes.tiny("accumulate: 3").forTuning(TUNING, 5);

        assertThat(tuned.batches()).isEqualTo(1);
        assertThat(tuned.batch()).isEqualTo(24);
        assertThat(tuned.seed()).isEqualTo(5);
        assertThat(tuned.optimizer().schedule().rateAt(299)).isEqualTo(1e-4);
        assertThat(tuned.optimizer().averageDecay()).isEqualTo(0.98);
    }

    private static List<String> names(Parameters parameters, Predicate<String> chosen) {
        return parameters.shapes().keySet().stream().filter(chosen).toList();
    }

    @Test
    void shouldTakeNoFewerStepsThanWithoutThemAndNoMoreThanARoundMayHave() {
        assertThat(TUNING.forExamples(16).steps()).isEqualTo(300);
        assertThat(TUNING.forExamples(100_000).steps()).isEqualTo(FineTuning.MOST_STEPS);
    }
}
