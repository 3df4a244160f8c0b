package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuspectJobsTest {
    private static final ModelRoute.Router READY = job -> new ModelRoute.Ready("d");

    private final SuspectJobs suspects = new SuspectJobs();

    @Test
    void shouldGiveTheOldestWhoseModelIsDecided() {
        QueuedJob loading = add("loading", 0, 0);
        QueuedJob first = add("first", 0, 1);
        add("second", 0, 2);

        SuspectJobs.Next next = suspects.next(job ->
                        job.id().equals("loading") ? new ModelRoute.Loading() : new ModelRoute.UnknownModel("none"))
                .orElseThrow();

        assertThat(next).isEqualTo(new SuspectJobs.Next(first, new ModelRoute.UnknownModel("none")));
        assertThat(suspects.next(READY).orElseThrow().job()).isEqualTo(loading);
    }

    @Test
    void shouldLetNothingFollowUntilTheOutcomeIsThereAndCommitted() {
        QueuedJob job = add("a", 0, 0);
        QueuedJob other = add("b", 0, 1);
        assertThat(suspects.cleared()).isTrue();

        suspects.begin(job);

        assertThat(suspects.waiting()).containsExactly(other);
        suspects.answered(other.ref());
        assertThat(suspects.running()).as("somebody else's outcome").isTrue();
        suspects.answered(job.ref());
        assertThat(suspects.running()).isFalse();
        assertThat(suspects.cleared()).isFalse();
        suspects.clear();
        assertThat(suspects.cleared()).isTrue();
    }

    @Test
    void shouldForgetThoseOfAPartitionThatIsGone() {
        QueuedJob kept = add("a", 0, 0);
        add("b", 1, 0);

        assertThat(suspects.release(Set.of(new PartitionRef("jobs", 1)))).isEqualTo(1);

        assertThat(suspects.waiting()).containsExactly(kept);
        suspects.drop(kept);
        assertThat(suspects.next(READY)).isEmpty();
    }

    private QueuedJob add(String id, int partition, long offset) {
        QueuedJob job = new QueuedJob(
                new RecordRef(new PartitionRef("jobs", partition), offset, 1),
                new OriginalRecord(null, null, List.of(), 0),
                new Job(id, "a", 1, 1, ModelRef.DEFAULT, null, 1, ImageFormat.PNG, null, null, null, null),
                0,
                0);
        suspects.add(job);
        return job;
    }
}
