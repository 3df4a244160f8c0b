package dev.limner.trainer.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.trainer.gate.SequentialTest.Decision;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequentialTestTest {
    @Test
    void shouldWaitForEvidence() {
        SequentialTest test = SequentialTest.against(50, 50);

        assertThat(test.of(0, 0)).isEqualTo(Decision.OPEN);
        assertThat(test.of(3, 3)).isEqualTo(Decision.OPEN);
        assertThat(test.of(0, 12)).isEqualTo(Decision.WORSE);
        assertThat(test.of(12, 0)).isEqualTo(Decision.NOT_WORSE);
    }

    @Test
    void shouldRarelyCallWorseWhatIsTheSameAndMostlyWhatIsWorse() {
        int falseAlarms = 0;
        int found = 0;
        for (int run = 0; run < 400; run++) {
            falseAlarms += decide(0.5, run) == Decision.WORSE ? 1 : 0;
            found += decide(0.75, run) == Decision.WORSE ? 1 : 0;
        }

        assertThat(falseAlarms).isLessThan(32);
        assertThat(found).isGreaterThan(340);
    }

    /** Opinions come one by one until the test has decided. */
    private static Decision decide(double share, long seed) {
        SequentialTest test = SequentialTest.against(500, 500);
        SplittableRandom random = new SplittableRandom(seed);
        long likes = 0;
        long dislikes = 0;
        while (test.of(likes, dislikes) == Decision.OPEN) {
            if (random.nextDouble() < share) {
                dislikes++;
            } else {
                likes++;
            }
        }
        return test.of(likes, dislikes);
    }

    @Test
    void shouldHoldForWhatEverybodyLikesOrNobody() {
        assertThat(SequentialTest.against(0, 0).of(0, 20)).isEqualTo(Decision.WORSE);
        assertThat(SequentialTest.against(1000, 0).of(100, 0)).isEqualTo(Decision.NOT_WORSE);
        assertThat(SequentialTest.against(0, 1000).usual())
                .isLessThan(SequentialTest.against(0, 1000).worse());
        assertThatThrownBy(() -> new SequentialTest(0.5, 0.4)).hasMessageContaining("usual < worse");
    }
}
