package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.worker.config.WorkerSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration FOUR_MINUTES = Duration.ofMinutes(4);

    @Test
    void shouldTakeTimesFromBoundToBound() {
        assertThat(limits(SECOND, Duration.ZERO).stop()).isEqualTo(SECOND);
        assertThat(limits(HOUR, FOUR_MINUTES).revoke()).isEqualTo(FOUR_MINUTES);
    }

    @Test
    void shouldNameTheKeyAndTheValueOfATimeThatIsOutOfBounds() {
        assertThatThrownBy(() -> limits(SECOND.minusNanos(1), Duration.ZERO))
                .hasMessage("limner.worker.stop-within is PT0.999999999S, must be from 1 s to 1 h");
        assertThatThrownBy(() -> limits(HOUR.plusNanos(1), Duration.ZERO))
                .hasMessageContaining("limner.worker.stop-within is PT1H0.000000001S");
        assertThatThrownBy(() -> limits(SECOND, Duration.ofNanos(-1)))
                .hasMessageContaining("limner.worker.revoke-within is PT-0.000000001S");
        assertThatThrownBy(() -> limits(SECOND, FOUR_MINUTES.plusNanos(1)))
                .hasMessageContaining("limner.worker.revoke-within is PT4M0.000000001S");
        assertThatThrownBy(() -> new WorkerSettings.Limits(SECOND, SECOND, SECOND.minusNanos(1)))
                .hasMessage("limner.worker.device-outage is PT0.999999999S, must be at least 1 s");
    }

    private static WorkerSettings.Limits limits(Duration stop, Duration revoke) {
        return new WorkerSettings.Limits(stop, revoke, Duration.ofMinutes(2));
    }
}
