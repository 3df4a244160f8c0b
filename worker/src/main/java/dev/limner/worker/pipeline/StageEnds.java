package dev.limner.worker.pipeline;

import dev.limner.protocol.ErrorCode;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.schedule.MicroBatch;
import dev.limner.worker.schedule.SplitJobs;
import dev.limner.worker.store.StoredJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How jobs leave the stages, and how many are on their way: each goes to the completion queue as its outcome, those of a
 * job that is spread over several batches as one. Every job that {@link #began} leaves once, in one of the ways that are
 * offered here. Safe from any thread.
 */
final class StageEnds {
    private static final Logger LOG = LoggerFactory.getLogger(StageEnds.class);

    private final OutcomePublications outcomes;
    private final SplitJobs splits;
    private final CompletionQueue completions;
    private final AtomicInteger inFlight = new AtomicInteger();

    StageEnds(OutcomePublications outcomes, SplitJobs splits, CompletionQueue completions) {
        this.outcomes = outcomes;
        this.splits = splits;
        this.completions = completions;
    }

    /** Jobs and parts of jobs set out. */
    void began(int entries) {
        inFlight.addAndGet(entries);
    }

    /** Jobs and parts of jobs on their way. */
    int inFlight() {
        return inFlight.get();
    }

    /** Nothing is to be told of these: the record has its outcome, or is delivered again. */
    void dropped(int entries) {
        inFlight.addAndGet(-entries);
        completions.signal();
    }

    /** All images of a batch are durable. */
    void stored(MicroBatch<StoredJob> batch, long storedNanos) {
        List<FinishedRecord> done = new ArrayList<>();
        for (StoredJob job : batch.jobs()) {
            QueuedJob queued = job.queued();
            Publication publication = outcomes.completed(queued, job.completion(batch, storedNanos));
            splits.stored(queued, publication).ifPresent(whole -> done.add(new FinishedRecord(queued.ref(), whole)));
        }
        finish(done, batch.jobs().size());
    }

    /** A job, or a part of one, could not be taken further by a stage. */
    void failed(QueuedJob job, ErrorCode code, RuntimeException failure) {
        LOG.atError()
                .addKeyValue("jobId", job.job().id())
                .addKeyValue("code", code.wireName())
                .setCause(failure)
                .log("job failed");
        failed(job, code, String.valueOf(failure.getMessage()), 1);
    }

    /** As the other, of a failure that is logged. */
    void failed(QueuedJob job, ErrorCode code, String message, int attempts) {
        answered(job, outcomes.failed(job, code, message, attempts));
    }

    /** A job, or a part of one, has an outcome other than its images. */
    void answered(QueuedJob job, Publication publication) {
        finish(splits.decides(job) ? List.of(new FinishedRecord(job.ref(), publication)) : List.of(), 1);
    }

    /** @param entries of batches that end here, among them those of which nothing is to be told */
    private void finish(List<FinishedRecord> done, int entries) {
        // In this order: whoever finds the pipeline idle must find its last outcomes too.
        completions.put(done);
        dropped(entries);
    }
}
