package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishSettingsTest {
    @Test
    void shouldTakeAPublicationsTimeFromBoundToBound() {
        assertThat(within(Duration.ofSeconds(2)).within()).isEqualTo(Duration.ofSeconds(2));
        assertThat(within(Duration.ofMinutes(2)).within()).isEqualTo(Duration.ofMinutes(2));
        assertThatThrownBy(() -> within(Duration.ofSeconds(2).minusNanos(1)))
                .hasMessage("limner.worker.publish.within is PT1.999999999S, must be from 2 s to 2 min");
        assertThatThrownBy(() -> within(Duration.ofMinutes(2).plusNanos(1)))
                .hasMessageContaining("limner.worker.publish.within is PT2M0.000000001S");
    }

    private static PublishSettings within(Duration within) {
        return new PublishSettings(
                "localhost:1",
                "id",
                "results",
                "letters",
                "source",
                "client",
                "group",
                List.of("jobs"),
                1_000_000,
                Duration.ZERO,
                within,
                Clock.systemUTC());
    }
}
