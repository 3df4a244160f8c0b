package dev.limner.training.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.WorkerStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFailuresTest {
    private final JobFailures jobs = new JobFailures();

    @Test
    void shouldCountWhatWasDoneFromOneStatusToTheNext() {
        heard(100, 1);
        heard(110, 3);

        assertThat(jobs.take())
                .singleElement()
                .satisfies(interval -> assertThat(interval.done()).isEqualTo(Map.of("d", new JobFailures.Done(2, 12))));
    }

    /** Anybody may write to the topic that statuses come from. */
    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 0",
        "0, 9223372036854775807",
        "9223372036854775807, 9223372036854775807",
        "-9, 5",
        "1000001, 0",
        "0, 1000001"
    })
    void shouldPassOverWhatNoWorkerCanHaveDone(long completed, long failed) {
        heard(0, 0);
        heard(completed, failed);

        assertThat(jobs.take()).isEmpty();
    }

    @Test
    void shouldCountAsManyAsAWorkerCanHaveDone() {
        heard(0, 0);
        heard(1_000_000, 999_999);

        assertThat(jobs.take())
                .singleElement()
                .satisfies(interval ->
                        assertThat(interval.done()).isEqualTo(Map.of("d", new JobFailures.Done(999_999, 1_999_999))));
    }

    @Test
    void shouldKeepTheLastTenThousandIntervals() {
        for (int i = 0; i <= 10_000; i++) {
            heard(i, 0);
        }
        assertThat(jobs.take()).hasSize(10_000);

        heard(0, 0);
        for (int i = 1; i <= 10_001; i++) {
            heard(i + 1, 0);
        }
        List<JobFailures.Interval> kept = jobs.take();
        assertThat(kept).hasSize(10_000);
        assertThat(kept.getFirst().done()).isEqualTo(Map.of("d", new JobFailures.Done(0, 1)));
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
