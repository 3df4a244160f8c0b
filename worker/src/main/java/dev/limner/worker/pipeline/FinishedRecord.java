package dev.limner.worker.pipeline;

import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.publish.Publication;
import org.jspecify.annotations.Nullable;

/**
 * A record and what it led to, handed from a stage's thread to the control thread.
 *
 * @param publication absent for a record that is acknowledged without an answer of its own
 */
record FinishedRecord(RecordRef ref, @Nullable Publication publication) {}
