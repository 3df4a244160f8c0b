package dev.limner.worker.job;

import dev.limner.worker.intake.RecordRef;
import org.jspecify.annotations.Nullable;

/**
 * A record and what it led to, handed from a stage's thread to the control thread.
 *
 * @param publication absent for a record that is acknowledged without an answer of its own
 */
public record FinishedRecord(RecordRef ref, @Nullable Publication publication) {}
