package dev.limner.worker.schedule;

import dev.limner.protocol.Job;
import dev.limner.worker.intake.Original;
import dev.limner.worker.intake.RecordRef;
import java.time.Instant;

/**
 * A job that waits or is on its way through the stages.
 *
 * @param receivedNanos {@link System#nanoTime()} of its arrival
 * @param queuedMillis from the record's timestamp to its arrival
 */
public record QueuedJob(RecordRef ref, Original original, Job job, long receivedNanos, double queuedMillis) {
    /** Whether nobody wants the pictures any more. */
    public boolean expired(Instant now) {
        Instant deadline = job.deadline();
        return deadline != null && !deadline.isAfter(now);
    }
}
