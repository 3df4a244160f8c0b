package dev.limner.worker.pipeline;

import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.publish.Publication;

/** A record and what it led to, handed from a stage's thread to the control thread. */
record Finished(RecordRef ref, Publication publication) {}
