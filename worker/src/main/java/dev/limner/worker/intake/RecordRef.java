package dev.limner.worker.intake;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a record came from, and during which ownership of its partition.
 *
 * @param ownership the number of the assignment that delivered it; an outcome with an older number is nobody's any more
 * @param topicId of the topic, as Kafka writes it; null if the brokers give topics none
 */
public record RecordRef(
        PartitionRef partition,
        long offset,
        long ownership,
        @Nullable String topicId) {
    /** Of a topic without an id. */
    public RecordRef(PartitionRef partition, long offset, long ownership) {
        this(partition, offset, ownership, null);
    }

    /** As ids and dead letters name it. */
    public String fallbackId() {
        return partition.topic() + "-" + partition.number() + "-" + offset;
    }

    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z0-9._-]{1,100}-[0-9]{1,9}@[0-9]{1,15}");

    /** Whether a text could be an {@link #origin()}. */
    static boolean isOrigin(String text) {
        return ORIGIN.matcher(text).matches();
    }

    /** {@code topic-partition@offset}. */
    public String origin() {
        return partition.topic() + "-" + partition.number() + "@" + offset;
    }
}
