package dev.limner.testkit.chaos.check;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Partitions whose committed offset may go back once: a fault has taken what was done. It ends when the fleet has recovered
 * and the partition has come as far as its end was then, so that it excuses nothing that comes later. For one thread.
 */
final class ForgivenPartitions {
    private static final long NOT_YET = Long.MAX_VALUE;

    /** Committed offsets from which on it is over. */
    private final Map<TopicPartition, Long> until = new HashMap<>();

    void add(Set<TopicPartition> partitions) {
        partitions.forEach(partition -> until.put(partition, NOT_YET));
    }

    /** The fault is over; partitions end at {@code ends} now. */
    void recovered(Map<TopicPartition, Long> ends) {
        until.replaceAll((partition, end) -> Math.min(end, ends.getOrDefault(partition, 0L)));
    }

    /** Whether a partition may go back; not a second time. */
    boolean take(TopicPartition partition) {
        return until.remove(partition) != null;
    }

    /** A partition's committed offset, after it was looked at. */
    void reached(TopicPartition partition, long offset) {
        if (offset >= until.getOrDefault(partition, NOT_YET)) {
            until.remove(partition);
        }
    }
}
