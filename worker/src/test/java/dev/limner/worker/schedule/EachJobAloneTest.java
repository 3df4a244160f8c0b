package dev.limner.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.store.RetryableException;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EachJobAloneTest {
    private static final int JOBS = 4;

    private final Set<String> bad = new HashSet<>();
    private final List<String> tried = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private RuntimeException why = new IllegalStateException("bad");
    private final EachJobAlone.Sink<QueuedJob, MicroBatch<QueuedJob>> sink = new EachJobAlone.Sink<>() {
        @Override
        public void done(MicroBatch<QueuedJob> batch) throws InterruptedException {
            batch.jobs().forEach(job -> done.add(job.job().id()));
        }

        @Override
        public void failed(QueuedJob job, RuntimeException thrown) {
            assertThat(thrown).isSameAs(why);
            failed.add(job.job().id());
        }
    };

    @Test
    void shouldTakeABatchOfWhichNothingIsBadAtOnce() throws InterruptedException {
        EachJobAlone.take(batch(JOBS), this::step, sink);

        assertThat(tried).containsExactly("b");
        assertThat(done).containsExactly("0", "1", "2", "3");
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldLetNoJobSufferFromTheOneBadOne() throws InterruptedException {
        bad.add("2");

        EachJobAlone.take(batch(JOBS), this::step, sink);

        assertThat(tried).containsExactly("b", "b.1", "b.2", "b.3", "b.4");
        assertThat(done).containsExactly("0", "1", "3");
        assertThat(failed).containsExactly("2");
    }

    @Test
    void shouldFailEachOnceWhenAllAreBad() throws InterruptedException {
        IntStream.range(0, JOBS).forEach(i -> bad.add("" + i));

        EachJobAlone.take(batch(JOBS), this::step, sink);

        assertThat(tried).hasSize(1 + JOBS);
        assertThat(done).isEmpty();
        assertThat(failed).containsExactly("0", "1", "2", "3");
    }

    @Test
    void shouldNotTryAJobThatIsAloneAgain() throws InterruptedException {
        bad.add("0");

        EachJobAlone.take(batch(1), this::step, sink);

        assertThat(tried).containsExactly("b");
        assertThat(failed).containsExactly("0");
    }

    /** A step that waits for something does so by itself; here one failure is like another. */
    @Test
    void shouldTreatAFailureThatTryingAgainMightMendLikeAnyOther() throws InterruptedException {
        why = new RetryableException("not now", null);
        bad.add("1");

        EachJobAlone.take(batch(JOBS), this::step, sink);

        assertThat(tried).hasSize(1 + JOBS);
        assertThat(done).containsExactly("0", "2", "3");
        assertThat(failed).containsExactly("1");
    }

    /** The heap is full or a class is missing: no job is at fault, and the worker must end. */
    @Test
    void shouldBlameNoJobForAnError() {
        Error error = new OutOfMemoryError("heap");

        assertThatThrownBy(() -> EachJobAlone.take(
                        batch(JOBS),
                        batch -> {
                            tried.add(batch.id());
                            throw error;
                        },
                        sink))
                .isSameAs(error);

        assertThat(tried).containsExactly("b");
        assertThat(failed).isEmpty();
    }

    /** What is done must not be done twice because its taker has failed. */
    @Test
    void shouldNotTakeAFailureOfTheSinkForOneOfTheStep() {
        RuntimeException full = new IllegalStateException("full");

        assertThatThrownBy(() -> EachJobAlone.take(batch(JOBS), this::step, new EachJobAlone.Sink<>() {
                    @Override
                    public void done(MicroBatch<QueuedJob> batch) {
                        throw full;
                    }

                    @Override
                    public void failed(QueuedJob job, RuntimeException thrown) {
                        failed.add(job.job().id());
                    }
                }))
                .isSameAs(full);

        assertThat(tried).containsExactly("b");
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldStopWhereItIsInterrupted() {
        bad.add("0");

        assertThatThrownBy(() -> EachJobAlone.take(batch(JOBS), this::step, new EachJobAlone.Sink<>() {
                    @Override
                    public void done(MicroBatch<QueuedJob> batch) throws InterruptedException {
                        throw new InterruptedException();
                    }

                    @Override
                    public void failed(QueuedJob job, RuntimeException thrown) {
                        failed.add(job.job().id());
                    }
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(tried).containsExactly("b", "b.1", "b.2");
        assertThat(failed).containsExactly("0");
    }

    private MicroBatch<QueuedJob> step(MicroBatch<QueuedJob> batch) {
        tried.add(batch.id());
        if (batch.jobs().stream().anyMatch(job -> bad.contains(job.job().id()))) {
            throw why;
        }
        return batch;
    }

    private static MicroBatch<QueuedJob> batch(int jobs) {
        return new MicroBatch<>(
                "b",
                new ModelRoute.Ready("d"),
                IntStream.range(0, jobs)
                        .mapToObj(i -> new QueuedJob(
                                new RecordRef(new PartitionRef("jobs", 0), i, 1),
                                new OriginalRecord(null, null, List.of(), 0),
                                new Job(
                                        "" + i,
                                        "a",
                                        i,
                                        1,
                                        ModelRef.DEFAULT,
                                        null,
                                        1,
                                        ImageFormat.PNG,
                                        null,
                                        null,
                                        null,
                                        null),
                                0,
                                0))
                        .toList(),
                0);
    }
}
