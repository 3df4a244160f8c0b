package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Outcome;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnwantedJobsTest {
    private static final Instant DEADLINE = Instant.parse("2026-01-31T12:00:00Z");

    private Optional<Instant> cancelled = Optional.empty();
    private final UnwantedJobs unwanted = new UnwantedJobs(
            id -> id.equals("j") ? cancelled : Optional.empty(),
            new OutcomePublications("w", "profile", Clock.systemUTC()));

    @Test
    void shouldLetAJobExpireAtItsDeadlineAndNotBefore() {
        assertThat(unwanted.answer(job("j", DEADLINE), DEADLINE.minusMillis(1))).isEmpty();
        assertThat(unwanted.answer(job("j", null), DEADLINE)).isEmpty();
        assertThat(unwanted.answer(job("j", DEADLINE), DEADLINE).map(UnwantedJobsTest::outcome))
                .contains(new Outcome.Expired(DEADLINE));
    }

    @Test
    void shouldSayCancelledOfAJobThatIsPastItsDeadlineToo() {
        cancelled = Optional.of(DEADLINE.minusSeconds(5));

        assertThat(unwanted.answer(job("j", DEADLINE), DEADLINE).map(UnwantedJobsTest::outcome))
                .contains(new Outcome.Cancelled(DEADLINE.minusSeconds(5)));
        assertThat(unwanted.answer(job("other", null), DEADLINE)).isEmpty();
    }

    private static Outcome outcome(Publication publication) {
        return publication.result().outcome();
    }

    private static QueuedJob job(String id, Instant deadline) {
        return new QueuedJob(
                new RecordRef(new PartitionRef("jobs", 0), 0, 1),
                new OriginalRecord(null, null, List.of(), 0),
                new Job(id, "a", 1, 1, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, deadline, null, null, null),
                0,
                0);
    }
}
