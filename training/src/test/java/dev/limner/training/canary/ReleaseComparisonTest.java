package dev.limner.training.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleaseComparisonTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final JobFailures.Done FINE = new JobFailures.Done(0, 10_000);

    private final ReleaseComparison comparison = new ReleaseComparison("new", "old", NOON);

    /** A quiet night and a bad morning are not two models. */
    @Test
    void shouldNotCompareJobsWithThoseFromBeforeTheTrial() {
        add(NOON.minusSeconds(1), Map.of("old", FINE));
        add(NOON.plusSeconds(1), outage());

        assertThat(comparison.failures()).isEmpty();
    }

    @Test
    void shouldNotCompareJobsThatAreFarApart() {
        add(NOON, Map.of("old", FINE));
        add(NOON.plus(Duration.ofMinutes(6)), outage());

        assertThat(comparison.failures()).isEmpty();
    }

    @Test
    void shouldCompareJobsOfTheSameFewMinutes() {
        add(NOON, Map.of("old", FINE));
        add(NOON.plus(Duration.ofMinutes(4)), Map.of("new", new JobFailures.Done(5, 5)));

        assertThat(comparison.failures())
                .contains("5 of 5 jobs failed with it, with the other 0 of 10000 at the same time");
    }

    private static Map<String, JobFailures.Done> outage() {
        return Map.of("new", new JobFailures.Done(5, 5), "old", new JobFailures.Done(95, 95));
    }

    private void add(Instant from, Map<String, JobFailures.Done> done) {
        comparison.add(List.of(new JobFailures.Interval("w1", from, done)));
    }
}
