package dev.limner.worker.intake;

/**
 * Where a record came from, and during which ownership of its partition.
 *
 * @param ownership the number of the assignment that delivered it; an outcome with an older number is nobody's any more
 */
public record RecordRef(PartitionRef partition, long offset, long ownership) {
    /** As ids and dead letters name it. */
    public String fallbackId() {
        return partition.topic() + "-" + partition.number() + "-" + offset;
    }

    /** {@code topic-partition@offset}. */
    public String origin() {
        return partition.topic() + "-" + partition.number() + "@" + offset;
    }
}
