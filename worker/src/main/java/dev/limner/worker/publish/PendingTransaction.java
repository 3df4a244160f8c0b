package dev.limner.worker.publish;

import dev.limner.worker.intake.PartitionRef;
import java.util.List;
import java.util.Map;

/**
 * What one transaction holds: results and the offsets that say their jobs are done.
 *
 * @param publications of all partitions, each partition's in delivery order
 * @param offsets for each partition in it the offset behind the last of them
 * @param counts for each partition in it how many delivered records it covers
 */
public record PendingTransaction(
        List<Publication> publications, Map<PartitionRef, Long> offsets, Map<PartitionRef, Integer> counts) {
    public PendingTransaction {
        publications = List.copyOf(publications);
        offsets = Map.copyOf(offsets);
        counts = Map.copyOf(counts);
    }

    public boolean isEmpty() {
        return publications.isEmpty();
    }
}
