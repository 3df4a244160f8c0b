package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import java.util.BitSet;

/** Partitions for tests of other packages. */
public final class TestTakeOvers {
    private TestTakeOvers() {}

    /** One in which nothing was ever done, and which is empty. */
    public static TakeOver empty(PartitionRef partition, long ownership) {
        return new TakeOver(partition, ownership, 0, 0, null, LedgerState.NONE, new OffsetSet(), 0);
    }

    /** What an assignment says whose offset and ledger count, without asking anybody. */
    static TakeOver known(PartitionAssignment assignment) {
        try {
            return TakeOver.of(assignment, LedgerCodec.decode(assignment.metadata()));
        } catch (UnreadableLedger e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** One whose last two owners died, with records up to an offset. */
    public static TakeOver afterTwoDeaths(PartitionRef partition, long ownership, long end) {
        LedgerState found = new LedgerState(0, null, true, false, 1, 0, -1, new BitSet());
        return new TakeOver(partition, ownership, 0, end, null, found, new OffsetSet(), 0);
    }
}
