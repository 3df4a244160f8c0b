package dev.limner.training.replay;

/** Where a record was. */
public record RecordPosition(String topic, int partition, long offset) {
    /** {@code topic-partition@offset}. */
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
