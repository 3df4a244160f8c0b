package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.SyntheticGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitJobsTest {
    private static final PartitionRef LOST = new PartitionRef("jobs", 0);
    private static final PartitionRef KEPT = new PartitionRef("jobs", 1);

    private final ModelCatalog slots = new ModelCatalog(new LoadedModel(
            BatchedGenerator.of(new SyntheticGenerator(Duration.ZERO), new BatchBuckets(List.of(8))),
            new HashTextEncoder(),
            LoadedModel.Origin.NONE));
    private final SplitJobs splits = new SplitJobs();

    @Test
    void shouldDropJobsOfALostPartitionThatHaveNotEnteredWhole() {
        QueuedJob half = enter(job(LOST, 7).part(0, 2));
        QueuedJob other = enter(job(KEPT, 7).part(0, 2));

        assertThat(splits.release(Set.of(LOST))).containsExactly(half.ref());

        assertThat(splits.isOpen(half)).isFalse();
        assertThat(splits.stored(half, stored(half))).isEmpty();
        assertThat(splits.isOpen(other)).isTrue();
    }

    /** All of it is in the stages, which hand back what comes of it: nobody else has to say that it is gone. */
    @Test
    void shouldLeaveAJobOfALostPartitionToTheStagesOnceAllOfItHasEntered() {
        QueuedJob first = enter(job(LOST, 7).part(0, 2));
        QueuedJob last = enter(first.part(2, 2));

        assertThat(splits.release(Set.of(LOST))).isEmpty();

        assertThat(splits.isOpen(first)).isTrue();
        assertThat(splits.isOpen(last)).isTrue();
        assertThat(splits.stored(first, stored(first))).isEmpty();
        assertThat(splits.stored(last, stored(last))).isPresent();
        assertThat(splits.isOpen(last)).isFalse();
    }

    private QueuedJob enter(QueuedJob part) {
        String digest = slots.serving().model().digest();
        try (ModelCatalog.Lease lease = slots.lease(digest).orElseThrow()) {
            splits.entered(part, lease);
        }
        return part;
    }

    private static QueuedJob job(PartitionRef partition, long offset) {
        return new QueuedJob(
                new RecordRef(partition, offset, 1),
                new OriginalRecord(null, null, List.of(), 0),
                new Job("j", "a", 0, 4, ModelRef.parse("default"), null, 1, ImageFormat.PNG, null, null, null, null),
                0,
                0);
    }

    private static Publication stored(QueuedJob part) {
        Result result = new Result(
                "j",
                new Outcome.Completed(List.of(), "p"),
                null,
                null,
                null,
                null,
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
        return new Publication(result, part.original(), part.ref().origin(), null, null);
    }
}
