package dev.limner.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CosineScheduleTest {
    @Test
    void shouldLetTheLearningRateFallAlongHalfACosine() {
        Schedule falling = new CosineSchedule(1e-3, 1e-4, 100);
        Schedule constant = new CosineSchedule(1e-3, 1e-4, 0);

        assertThat(falling.rateAt(0)).isEqualTo(1e-3);
        assertThat(falling.rateAt(50)).isCloseTo(5.5e-4, within(1e-9));
        assertThat(falling.rateAt(100)).isCloseTo(1e-4, within(1e-12));
        assertThat(falling.rateAt(100_000)).isCloseTo(1e-4, within(1e-12));
        assertThat(constant.rateAt(100_000)).isEqualTo(1e-3);
    }
}
