package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionRef;

/** Partitions for tests of other packages. */
public final class TestTakeOvers {
    private TestTakeOvers() {}

    /** One in which nothing was ever done, and which is empty. */
    public static TakeOver empty(PartitionRef partition, long ownership) {
        return new TakeOver(partition, ownership, 0, 0, null, LedgerState.NONE, new OffsetSet(), 0);
    }
}
