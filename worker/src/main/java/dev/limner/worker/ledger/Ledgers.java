package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.publish.PendingTransaction;
import dev.limner.worker.publish.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is delivered and what is done in each owned partition. Jobs finish in any order; they are published in the order
 * they were delivered, so that the committed offset alone says what is done. Offsets need not be consecutive:
 * transaction markers leave gaps.
 *
 * <p>Nothing leaves the ledger before it is committed, so a transaction that failed is simply built again. One thread:
 * the control thread.
 */
public final class Ledgers {
    private final Map<PartitionRef, PartitionLedger> partitions = new HashMap<>();

    private static final class Entry {
        private final long offset;
        private @Nullable Publication publication;

        Entry(long offset) {
            this.offset = offset;
        }
    }

    private static final class PartitionLedger {
        private final long ownership;
        private final Deque<Entry> entries = new ArrayDeque<>();
        private final Map<Long, Entry> unfinished = new HashMap<>();

        PartitionLedger(long ownership) {
            this.ownership = ownership;
        }
    }

    /** A record arrived; from now on the offset waits for it. */
    public void delivered(RecordRef ref) {
        PartitionLedger ledger = partitions.get(ref.partition());
        if (ledger == null || ledger.ownership != ref.ownership()) {
            ledger = new PartitionLedger(ref.ownership());
            partitions.put(ref.partition(), ledger);
        }
        Entry entry = new Entry(ref.offset());
        ledger.entries.add(entry);
        ledger.unfinished.put(ref.offset(), entry);
    }

    /**
     * A record's outcome is known and durable.
     *
     * @return false if the partition is no longer owned as it was: somebody else answers that record
     */
    public boolean finished(RecordRef ref, Publication publication) {
        PartitionLedger ledger = partitions.get(ref.partition());
        if (ledger == null || ledger.ownership != ref.ownership()) {
            return false;
        }
        Entry entry = ledger.unfinished.remove(ref.offset());
        if (entry == null) {
            throw new IllegalStateException("a second outcome for " + ref.origin());
        }
        entry.publication = publication;
        return true;
    }

    /**
     * The done prefix of every partition.
     *
     * @param most how many publications at most
     * @param position where the consumer stands, for a partition in which nothing is left
     */
    public PendingTransaction ready(int most, ToLongFunction<PartitionRef> position) {
        List<Publication> publications = new ArrayList<>();
        Map<PartitionRef, Long> offsets = new HashMap<>();
        Map<PartitionRef, Integer> counts = new HashMap<>();
        partitions.forEach((partition, ledger) -> {
            int count = 0;
            long last = -1;
            for (Entry entry : ledger.entries) {
                if (entry.publication == null || publications.size() >= most) {
                    break;
                }
                publications.add(entry.publication);
                last = entry.offset;
                count++;
            }
            if (count > 0) {
                boolean drained = count == ledger.entries.size();
                offsets.put(partition, drained ? Math.max(last + 1, position.applyAsLong(partition)) : last + 1);
                counts.put(partition, count);
            }
        });
        return new PendingTransaction(publications, offsets, counts);
    }

    /** A transaction with this content is committed. */
    public void committed(PendingTransaction ready) {
        ready.counts().forEach((partition, count) -> {
            PartitionLedger ledger = partitions.get(partition);
            for (int i = 0; ledger != null && i < count; i++) {
                ledger.entries.remove();
            }
        });
    }

    /** Whether {@link #ready} would find anything. */
    public boolean publishable() {
        return partitions.values().stream()
                .anyMatch(ledger -> !ledger.entries.isEmpty() && ledger.entries.getFirst().publication != null);
    }

    /** Forgets partitions that are no longer owned. */
    public void release(Set<PartitionRef> gone) {
        partitions.keySet().removeAll(gone);
    }

    /** Records without an outcome. */
    public int unfinished() {
        return partitions.values().stream()
                .mapToInt(ledger -> ledger.unfinished.size())
                .sum();
    }

    /** Records delivered and not yet committed. */
    public int uncommitted() {
        return partitions.values().stream()
                .mapToInt(ledger -> ledger.entries.size())
                .sum();
    }
}
