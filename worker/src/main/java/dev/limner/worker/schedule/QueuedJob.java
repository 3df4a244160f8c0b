package dev.limner.worker.schedule;

import dev.limner.protocol.Job;
import dev.limner.worker.intake.Original;
import dev.limner.worker.intake.RecordRef;

/**
 * A job that waits or is on its way through the stages.
 *
 * @param receivedNanos {@link System#nanoTime()} of its arrival
 * @param queuedMillis from the record's timestamp to its arrival
 */
public record QueuedJob(RecordRef ref, Original original, Job job, long receivedNanos, double queuedMillis) {}
