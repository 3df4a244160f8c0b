package dev.limner.testkit.fault.bug;

import dev.limner.worker.publish.PublishOutcome;

/** The outcomes of an aborted transaction are taken for published. */
public final class SeekNothingAfterAbort implements SeededBug {
    @Override
    public PublishOutcome published(PublishOutcome outcome) {
        return outcome instanceof PublishOutcome.Failed ? new PublishOutcome.Committed() : outcome;
    }
}
