package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CancelledJobsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final int MOST = 100;

    private Instant now = NOON;
    /** Room for a hundred ids of four letters. */
    private final CancelledJobs cancelled = new CancelledJobs(() -> now, MOST * (CancelledJobs.ENTRY_BYTES + 4L));

    @Test
    void shouldRememberTheLastOnesWithinItsBound() {
        for (int i = 1000; i < 9000; i++) {
            cancelled.note(String.valueOf(i), NOON);
        }
        assertThat(cancelled.of("8999")).contains(NOON);
        assertThat(cancelled.of("8920")).contains(NOON);
        assertThat(cancelled.of("1000")).isEmpty();
        assertThat(cancelled.of("8800")).isEmpty();
    }

    @Test
    void shouldKeepAllOfThemUpToItsBoundHoweverOftenTheyAreCancelled() {
        for (int i = 0; i < 10 * MOST; i++) {
            cancelled.note(String.valueOf(1000 + i % MOST), NOON);
        }
        for (int i = 0; i < MOST; i++) {
            assertThat(cancelled.of(String.valueOf(1000 + i))).contains(NOON);
        }
    }

    @Test
    void shouldForgetWhatIsADayOldBeforeAnythingElse() {
        cancelled.note("kept", NOON.plus(Duration.ofHours(1)));
        for (int i = 1000; i < 1000 + MOST - 1; i++) {
            cancelled.note(String.valueOf(i), NOON);
        }
        now = NOON.plus(Duration.ofHours(24)).plusMillis(1);
        assertThat(cancelled.of("1000")).isEmpty();

        cancelled.note("next", now);

        assertThat(cancelled.of("kept")).isPresent();
        assertThat(cancelled.of("next")).isPresent();
        cancelled.remove("next");
        assertThat(cancelled.of("next")).isEmpty();
        cancelled.clear();
        assertThat(cancelled.of("kept")).isEmpty();
    }
}
