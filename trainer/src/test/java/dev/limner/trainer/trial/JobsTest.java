package dev.limner.trainer.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.WorkerStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsTest {
    private final Jobs jobs = new Jobs();

    @Test
    void shouldCountWhatWasDoneFromOneStatusToTheNext() {
        heard(100, 1);
        heard(110, 3);

        assertThat(jobs.take())
                .singleElement()
                .satisfies(interval -> assertThat(interval.done()).isEqualTo(Map.of("d", new Jobs.Done(2, 12))));
    }

    /** Anybody may write to the topic that statuses come from. */
    @ParameterizedTest
    @CsvSource({"9223372036854775807, 0", "0, 9223372036854775807", "9223372036854775807, 9223372036854775807", "-9, 5"
    })
    void shouldPassOverWhatNoWorkerCanHaveDone(long completed, long failed) {
        heard(0, 0);
        heard(completed, failed);

        assertThat(jobs.take()).isEmpty();
    }

    private void heard(long completed, long failed) {
        jobs.heard(new WorkerStatus(
                "w",
                "running",
                "cpu",
                "profile",
                List.of(new WorkerStatus.Loaded("m", "d", WorkerStatus.Role.LIVE, completed, failed)),
                1,
                List.of(),
                1,
                0,
                0,
                0,
                null,
                Instant.EPOCH));
    }
}
