package dev.limner.worker.intake;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A partition that has just become this worker's, as its group and its brokers know it. Nothing of it is delivered before
 * {@link JobSource#begin}.
 *
 * @param ownership the number of this assignment
 * @param committed the group's offset for it; -1 if the group has none
 * @param metadata committed with the offset; empty if there is none
 * @param begin offset of the oldest record that the brokers still hold
 * @param end behind the last record that could be read at the time of the question
 * @param topicId the topic's; null if the brokers give topics none (before Kafka 2.8)
 * @param recreated whether the topic was deleted and created again while this worker owned the partition
 * @param own whether this worker owned the partition until now: a mark that it is held is this worker's
 */
public record PartitionAssignment(
        PartitionRef partition,
        long ownership,
        long committed,
        String metadata,
        long begin,
        long end,
        @Nullable Uuid topicId,
        boolean recreated,
        boolean own) {
    /** Instead of an offset, where the group has none. */
    public static final long NOTHING_COMMITTED = -1;
}
