package dev.limner.training.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limner.training.canary.SequentialLikelihoodTest.Decision;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequentialLikelihoodTestTest {
    private static final SequentialDesign ONE_RATIO = new SequentialDesign(0.05, 0.05, 3, List.of(3.0), List.of(1.0));

    @Test
    void shouldMultiplyTheRatiosOfTheTwoDistributions() {
        SequentialLikelihoodTest pairs = new SequentialLikelihoodTest(ONE_RATIO);
        pairs.add(new TimeStratum(1, 1, 0, 1));
        assertThat(pairs.evidence()).isCloseTo(1.5, within(1e-9));
        pairs.add(new TimeStratum(0, 1, 1, 1));
        assertThat(pairs.evidence()).isCloseTo(0.75, within(1e-9));

        // One failure among one job here and nineteen there: 3 of 22 for 1 of 20.
        SequentialLikelihoodTest blocks = new SequentialLikelihoodTest(ONE_RATIO);
        blocks.add(new TimeStratum(1, 1, 0, 19));
        assertThat(blocks.evidence()).isCloseTo(20 * 3.0 / 22, within(1e-9));
    }

    /** In fair bets what may come of a stratum is worth what was paid, whatever the arms' sizes. */
    @Test
    void shouldBeAFairBetWithoutADifference() {
        for (int tried = 1; tried <= 4; tried++) {
            for (int usual = 1; usual <= 6; usual++) {
                for (int failed = 0; failed <= tried + usual; failed++) {
                    double worth = 0;
                    for (int mine = Math.max(0, failed - usual); mine <= Math.min(failed, tried); mine++) {
                        SequentialLikelihoodTest test = new SequentialLikelihoodTest(SequentialDesign.OF_JOBS);
                        test.add(new TimeStratum(mine, tried, failed - mine, usual));
                        worth += test.evidence()
                                * choose(tried, mine)
                                * choose(usual, failed - mine)
                                / choose(tried + usual, failed);
                    }
                    assertThat(worth).isCloseTo(1, within(1e-9));
                }
            }
        }
    }

    private static double choose(int of, int some) {
        double ways = 1;
        for (int i = 0; i < some; i++) {
            ways = ways * (of - i) / (i + 1);
        }
        return ways;
    }

    @Test
    void shouldLearnNothingWhereAllOrNoneFail() {
        SequentialLikelihoodTest test = new SequentialLikelihoodTest(ONE_RATIO);
        for (int i = 0; i < 100; i++) {
            test.add(new TimeStratum(3, 3, 50, 50));
            test.add(new TimeStratum(0, 3, 0, 50));
        }
        assertThat(test.evidence()).isCloseTo(1, within(1e-9));
        assertThat(test.decision()).isEqualTo(Decision.OPEN);
    }

    @Test
    void shouldDecideAtItsBoundsAndNotBefore() {
        // 1.5 to the 7th is 17, to the 8th 26; the bound is 20.
        SequentialLikelihoodTest test = new SequentialLikelihoodTest(ONE_RATIO);
        for (int i = 0; i < 7; i++) {
            test.add(new TimeStratum(1, 1, 0, 1));
        }
        assertThat(test.decision()).isEqualTo(Decision.OPEN);
        test.add(new TimeStratum(1, 1, 0, 1));
        assertThat(test.decision()).isEqualTo(Decision.WORSE);
        for (int i = 0; i < 100; i++) {
            test.add(new TimeStratum(0, 1, 1, 1));
        }
        assertThat(test.decision()).as("what was found once").isEqualTo(Decision.WORSE);

        // 2 to the 4th is 16, to the 5th 32.
        SequentialLikelihoodTest harmless = new SequentialLikelihoodTest(ONE_RATIO);
        for (int i = 0; i < 4; i++) {
            harmless.add(new TimeStratum(0, 1, 1, 1));
        }
        assertThat(harmless.decision()).isEqualTo(Decision.OPEN);
        harmless.add(new TimeStratum(0, 1, 1, 1));
        assertThat(harmless.decision()).isEqualTo(Decision.NOT_WORSE);
    }

    @Test
    void shouldNameWhatCannotBe() {
        assertThatThrownBy(() -> new TimeStratum(2, 1, 0, 1)).hasMessage("2 of 1 and 0 of 1 failed");
        assertThatThrownBy(() -> new SequentialDesign(0, 0.1, 3, List.of(3.0), List.of(1.0)))
                .hasMessageContaining("must be between 0 and 1");
        assertThatThrownBy(() -> new SequentialDesign(0.1, 0.1, 1, List.of(3.0), List.of(1.0)))
                .hasMessageContaining("must be above 1");
    }
}
