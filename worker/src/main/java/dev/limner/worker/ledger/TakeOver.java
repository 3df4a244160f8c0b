package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A partition with everything that its new owner has to know to continue it.
 *
 * @param offset of the next record to be delivered
 * @param end behind the last record that could be read when the partition was assigned
 * @param topicId null if the brokers give topics none
 * @param state counted from the offset
 * @param answered what else is known to be done, from the results topic
 * @param length characters of the ledger that was found; 0 if it counts for nothing
 */
public record TakeOver(
        PartitionRef partition,
        long ownership,
        long offset,
        long end,
        @Nullable Uuid topicId,
        LedgerState state,
        OffsetSet answered,
        int length) {
    /** With what stands beside the group's offset. Who takes over from itself has not died. */
    static TakeOver of(PartitionAssignment assignment, LedgerState state) {
        return new TakeOver(
                assignment.partition(),
                assignment.ownership(),
                assignment.committed(),
                assignment.end(),
                assignment.topicId(),
                assignment.own() ? state.letGo() : state,
                new OffsetSet(),
                assignment.metadata().length());
    }

    /** From an offset, with nothing known but what the results say. */
    static TakeOver from(PartitionAssignment assignment, long offset, OffsetSet answered) {
        return new TakeOver(
                assignment.partition(),
                assignment.ownership(),
                offset,
                assignment.end(),
                assignment.topicId(),
                LedgerState.NONE,
                answered,
                0);
    }
}
