package dev.limner.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limner.training.recipe.FineTuning;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermWeightTest {
    private static final String ANNEALED =
            "objective: {mismatch: 0.5, gamma: 1, penaltyEvery: 4, reconstruction: {from: 4, to: 1, steps: 100}}";

    @Test
    void shouldGoFromTheFirstToTheLastAndStayThere() {
        TermWeight weight = new TermWeight(4, 1, 100);

        assertThat(weight.at(0)).isEqualTo(4);
        assertThat(weight.at(50)).isCloseTo(2.5, within(1e-9));
        assertThat(weight.at(100)).isCloseTo(1, within(1e-9));
        assertThat(weight.at(1_000_000)).isCloseTo(1, within(1e-9));
        assertThat(TermWeight.constant(3).at(7)).isEqualTo(3);
    }

    @Test
    void shouldBeReadInBothForms() {
        assertThat(TestRecipes.tiny(ANNEALED).parts().terms())
                .containsExactly(new ReconstructionTerm(new TermWeight(4, 1, 100)));
        assertThat(terms("{kind: reconstruction, weight: {from: 0, to: 2, steps: 7}}"))
                .contains(new ReconstructionTerm(new TermWeight(0, 2, 7)));
        assertThat(terms("{kind: reconstruction, weight: 2}")).contains(new ReconstructionTerm(2));
        assertThat(terms("{kind: gan-int, weight: {from: 1, to: 0, steps: 9}, share: 0.5}"))
                .contains(new CaptionInterpolationTerm(new TermWeight(1, 0, 9), 0.5));
    }

    @Test
    void shouldNameTheWayToWhatIsWrong() {
        assertThatThrownBy(() -> terms("{kind: reconstruction, weight: {from: -1, to: 2, steps: 7}}"))
                .hasMessageEndingWith("terms[0].weight.from is -1, must be from 0 to 1000");
        assertThatThrownBy(() -> terms("{kind: reconstruction, weight: {from: 1, to: 2}}"))
                .hasMessageEndingWith("terms[0].weight.steps is missing");
        assertThatThrownBy(() -> terms("{kind: reconstruction, weight: {from: 1, to: 2, steps: 0}}"))
                .hasMessageContaining("terms[0].weight.steps is 0, must be from 1");
        assertThatThrownBy(() -> terms("{kind: gan-int, weight: {from: 1, until: 2, steps: 1}, share: 0.5}"))
                .hasMessageContaining("unknown key 'terms[0].weight.until', allowed here are [from, to, steps]");
        assertThatThrownBy(() -> terms("{kind: reconstruction, weight: much}"))
                .hasMessageEndingWith("terms[0].weight is 'much', must be a number");
        assertThatThrownBy(() -> terms("{kind: gan-int, weight: 1, share: 2}"))
                .hasMessageEndingWith("terms[0].share is 2, must be from 0 to 1");
    }

    /** A model that is tuned has been through it. */
    @Test
    void shouldHaveSettledWhereAModelIsTuned() {
        Recipe tuned = TestRecipes.tiny(
                        ANNEALED, "terms: [{kind: gan-int, weight: {from: 1, to: 0, steps: 9}, share: 0.5}]")
                .forTuning(FineTuning.DEFAULT, 3);

        assertThat(tuned.parts().terms())
                .containsExactly(new ReconstructionTerm(1), new CaptionInterpolationTerm(TermWeight.constant(0), 0.5));
    }

    private static List<GeneratorTerm> terms(String term) {
        return TestRecipes.tiny("terms: [" + term + "]").parts().terms();
    }
}
