package dev.limner.worker.job;

import dev.limner.protocol.Job;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.RecordRef;
import java.time.Instant;

/**
 * A job that waits or is on its way through the stages, or some consecutive images of one that is too large for a turn.
 *
 * @param receivedNanos {@link System#nanoTime()} of its arrival
 * @param queuedMillis from the record's timestamp to its arrival
 * @param first index of the first image meant
 * @param images how many images are meant
 */
public record QueuedJob(
        RecordRef ref, OriginalRecord original, Job job, long receivedNanos, double queuedMillis, int first, int images)
        implements Task {
    public QueuedJob {
        if (first < 0 || images < 1 || first + images > job.count()) {
            throw new IllegalArgumentException(
                    images + " images from " + first + " of a job with " + job.count() + ": " + ref.origin());
        }
    }

    /** A whole job. */
    public QueuedJob(RecordRef ref, OriginalRecord original, Job job, long receivedNanos, double queuedMillis) {
        this(ref, original, job, receivedNanos, queuedMillis, 0, job.count());
    }

    @Override
    public QueuedJob queued() {
        return this;
    }

    /** Other images of the same job. */
    public QueuedJob part(int from, int count) {
        return new QueuedJob(ref, original, job, receivedNanos, queuedMillis, from, count);
    }

    /** Whether all of the job's images are meant. */
    public boolean whole() {
        return images == job.count();
    }

    /** Whether the job's last image is meant. */
    public boolean last() {
        return first + images == job.count();
    }

    /** Whether nobody wants the images any more. */
    public boolean expired(Instant now) {
        Instant deadline = job.deadline();
        return deadline != null && !deadline.isAfter(now);
    }
}
