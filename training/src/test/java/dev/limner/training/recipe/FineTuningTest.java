package dev.limner.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.network.WeightGroup;
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

    @Test
    void shouldTakeNoFewerStepsThanWithoutThemAndNoMoreThanARoundMayHave() {
        assertThat(TUNING.forExamples(16).steps()).isEqualTo(300);
        assertThat(TUNING.forExamples(100_000).steps()).isEqualTo(FineTuning.MOST_STEPS);
    }
}
