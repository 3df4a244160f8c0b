package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is delivered and what is done in each owned partition. Jobs finish and are published in any order: the committed
 * offset is the end of the done prefix, and what is done beyond it stands in the offset's metadata, so that the next
 * owner skips it. Offsets need not be consecutive: transaction markers leave gaps.
 *
 * <p>Nothing leaves a ledger before it is committed, so a transaction that failed is simply built again. One thread: the
 * control thread.
 */
public final class OwnedLedgers {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedLedgers.class);

    /** Brokers forget an offset that was not committed for a week, or for what their retention says. */
    private static final Duration REFRESH_AFTER = Duration.ofHours(6);

    private static final int MOST_HELD_BACK = 32;

    private final LedgerSettings settings;
    private final Map<PartitionRef, PartitionLedger> partitions = new HashMap<>();
    private long nonce = ThreadLocalRandom.current().nextLong();
    private long spentNanos;
    private boolean holdingBack;

    public OwnedLedgers(LedgerSettings settings) {
        this.settings = settings;
    }

    /** A partition is owned from now on. */
    public void restore(TakeOver takeOver) {
        PartitionLedger ledger = new PartitionLedger(takeOver, settings);
        partitions.put(takeOver.partition(), ledger);
        if (ledger.crashes() > 0) {
            LOG.atWarn()
                    .addKeyValue("topic", takeOver.partition().topic())
                    .addKeyValue("partition", takeOver.partition().number())
                    .addKeyValue("crashes", ledger.crashes())
                    .log("taken over from a worker that did not let go");
        }
    }

    /** A record arrived; from now on the offset waits for it, unless it is done. */
    public DeliveryState delivered(RecordRef ref) {
        PartitionLedger ledger = owned(ref);
        if (ledger == null) {
            throw new IllegalStateException("a record of a partition that is not owned: " + ref.origin());
        }
        long start = System.nanoTime();
        DeliveryState delivered = ledger.delivered(ref.offset());
        spentNanos += System.nanoTime() - start;
        return delivered;
    }

    /**
     * A record's outcome is known and durable.
     *
     * @param publication absent if the record is acknowledged without an answer of its own
     * @return false if the partition is no longer owned as it was: somebody else answers that record
     */
    public boolean finished(RecordRef ref, @Nullable Publication publication) {
        PartitionLedger ledger = owned(ref);
        if (ledger == null) {
            return false;
        }
        long start = System.nanoTime();
        try {
            ledger.finished(ref.offset(), publication);
            spentNanos += System.nanoTime() - start;
        } catch (IllegalStateException e) {
            throw new IllegalStateException("a second outcome for " + ref.origin(), e);
        }
        return true;
    }

    /** A job under suspicion goes to the device next, alone; to be committed before it does. */
    public void started(RecordRef ref) {
        PartitionLedger ledger = owned(ref);
        if (ledger != null) {
            ledger.started(ref.offset());
        }
    }

    private @Nullable PartitionLedger owned(RecordRef ref) {
        PartitionLedger ledger = partitions.get(ref.partition());
        return ledger == null || ledger.ownership() != ref.ownership() ? null : ledger;
    }

    /** The next commit of these says that they were let go of, cleanly. */
    public void letGo(Collection<PartitionRef> going) {
        going.forEach(partition -> {
            PartitionLedger ledger = partitions.get(partition);
            if (ledger != null) {
                ledger.letGo();
            }
        });
    }

    /**
     * Everything that is done and not committed.
     *
     * @param most how many publications at most
     * @param position where the consumer stands, for a partition in which nothing is left
     */
    public PendingTransaction ready(int most, ToLongFunction<PartitionRef> position) {
        return ready(most, position, publication -> true);
    }

    /** As {@link #ready(int, ToLongFunction)}, without those that {@code may} holds back: they stay as if not finished. */
    public PendingTransaction ready(int most, ToLongFunction<PartitionRef> position, Predicate<Publication> may) {
        long start = System.nanoTime();
        List<Publication> publications = new ArrayList<>();
        Map<PartitionRef, Commit> commits = new HashMap<>();
        nonce++;
        partitions.forEach((partition, ledger) -> {
            if (ledger.hasNews()) {
                Commit commit = ledger.draft(
                        most - publications.size(), nonce, position.applyAsLong(partition), may, publications);
                if (commit != null) {
                    commits.put(partition, commit);
                }
            }
        });
        spentNanos += System.nanoTime() - start;
        return new PendingTransaction(publications, commits);
    }

    /** What the last {@link #ready} gave is committed. */
    public void committed(PendingTransaction ready) {
        long start = System.nanoTime();
        for (PartitionRef partition : ready.commits().keySet()) {
            PartitionLedger ledger = partitions.get(partition);
            // One that has come back since has a ledger that knows nothing of the draft.
            if (ledger != null && ledger.drafted()) {
                ledger.confirm();
            }
        }
        spentNanos += System.nanoTime() - start;
    }

    /**
     * Whether {@link #ready} is about to be asked to hold publications back. Meanwhile partitions with more than a few of
     * them are {@link #closed}: each keeps its record in memory.
     */
    public void holdingBack(boolean now) {
        holdingBack = now;
        partitions.values().forEach(PartitionLedger::lookAgain);
    }

    /** The oldest record without an outcome that is committed, by partition; partitions without any are left out. */
    public Map<PartitionRef, Long> oldest() {
        Map<PartitionRef, Long> oldest = new HashMap<>();
        partitions.forEach((partition, ledger) -> {
            long offset = ledger.oldest();
            if (offset >= 0) {
                oldest.put(partition, offset);
            }
        });
        return oldest;
    }

    /** What the ledgers have cost since this was last asked. */
    public long takeSpentNanos() {
        long spent = spentNanos;
        spentNanos = 0;
        return spent;
    }

    /**
     * Looks for partitions in which only transaction markers lie between the committed offset and the consumer, and for
     * those in which nothing was committed for so long that the group would forget its offset.
     */
    public void passed(ToLongFunction<PartitionRef> position) {
        partitions.forEach((partition, ledger) -> {
            long at = ledger.uncommitted() == 0 ? position.applyAsLong(partition) : -1;
            ledger.passed(at, REFRESH_AFTER.toNanos());
        });
    }

    /** Whether {@link #ready} might find anything. */
    public boolean publishable() {
        return partitions.values().stream().anyMatch(PartitionLedger::hasNews);
    }

    /** Partitions not to be fetched from for now: not marked as held yet, with a ledger at a bound, or with much held back. */
    public Set<PartitionRef> closed() {
        return partitions(ledger -> ledger.closed() || (holdingBack && ledger.waiting() > MOST_HELD_BACK));
    }

    private Set<PartitionRef> partitions(Predicate<PartitionLedger> which) {
        return partitions.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Forgets partitions that are no longer owned. */
    public void release(Set<PartitionRef> gone) {
        partitions.keySet().removeAll(gone);
    }

    /** Every owned partition. */
    public Set<PartitionRef> owned() {
        return Set.copyOf(partitions.keySet());
    }

    /** Records without an outcome. */
    public int unfinished() {
        return sum(PartitionLedger::open);
    }

    /** Records of some partitions without an outcome. */
    public int unfinished(Set<PartitionRef> of) {
        return of.stream()
                .map(partitions::get)
                .mapToInt(ledger -> ledger == null ? 0 : ledger.open())
                .sum();
    }

    /** Records delivered and not yet behind the committed offset. */
    public int uncommitted() {
        return sum(PartitionLedger::uncommitted);
    }

    private int sum(ToIntFunction<PartitionLedger> count) {
        return partitions.values().stream().mapToInt(count).sum();
    }
}
