package dev.limner.worker.intake;

/**
 * A partition that has just become this worker's, as its group left it. The consumer stands at the offset.
 *
 * @param ownership the number of this assignment
 * @param offset of the next record to be delivered
 * @param metadata committed with the offset; empty if there is none
 * @param end behind the last record that could be read at the time of the question
 */
public record Assignment(PartitionRef partition, long ownership, long offset, String metadata, long end) {
    /** The same, as if nothing had been committed with the offset. */
    public Assignment without() {
        return new Assignment(partition, ownership, offset, "", end);
    }
}
