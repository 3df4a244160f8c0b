package dev.limner.worker.admit;

import dev.limner.protocol.Outcome;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a worker holds in memory of the records it was delivered, until their answers are committed: jobs that wait,
 * images on their way, originals that are being stored, answers that are not published yet. Each source has an equal
 * share of the bound; a source that has used up its share is not fetched from until there is room, so that a flood in one
 * holds up no other. Sizes are estimates from the record's own bytes. Control thread only, except for {@link #bytes()}.
 */
public final class PendingWork {
    /** What is held of a record beside its bytes: its job, its answer, its places in queues and ledgers. */
    public static final int RECORD_BYTES = 1 << 10;
    /** What is held of an image's description. */
    public static final int IMAGE_BYTES = 1 << 10;

    private final long share;
    private final List<String> sources;
    private final Map<RecordRef, Held> unanswered = new HashMap<>();
    private final Map<PartitionRef, Long> answered = new HashMap<>();
    private final Map<String, Long> perSource = new HashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** @param inStages whether a stage's thread has it and will hand back an outcome, whoever owns the partition then */
    private record Held(long bytes, boolean inStages) {}

    /**
     * @param mostBytes of all sources together, except that a record which was fetched below the bound may exceed it
     * @param sources topics, without repetition
     */
    public PendingWork(long mostBytes, List<String> sources) {
        this.sources = List.copyOf(sources);
        this.share = Math.max(1, mostBytes / sources.size());
    }

    /** A record was delivered and has no answer yet. */
    public void arrived(RecordRef ref, OriginalRecord original) {
        hold(ref, new Held(size(original), false));
    }

    /**
     * A stage's thread takes a record, or one more part of it.
     *
     * @param more bytes the stages will need for it
     */
    public void entered(RecordRef ref, long more) {
        Held held = unanswered.get(ref);
        if (held != null) {
            hold(ref, new Held(held.bytes + more, true));
        }
    }

    private void hold(RecordRef ref, Held held) {
        Held before = unanswered.put(ref, held);
        add(ref.partition(), held.bytes - (before == null ? 0 : before.bytes));
    }

    /**
     * A record has its outcome.
     *
     * @param publication held until {@link #published}; null if there is none or nobody wants it any more
     */
    public void answered(RecordRef ref, @Nullable Publication publication) {
        Held held = unanswered.remove(ref);
        if (held != null) {
            add(ref.partition(), -held.bytes);
        }
        if (publication != null) {
            long size = size(publication);
            answered.merge(ref.partition(), size, Long::sum);
            add(ref.partition(), size);
        }
    }

    /** An answer is committed. */
    public void published(Publication publication) {
        var source = Objects.requireNonNull(publication.result().source(), "an answer without a source");
        PartitionRef partition = new PartitionRef(source.topic(), source.partition());
        Long held = answered.get(partition);
        if (held != null) {
            long size = Math.min(held, size(publication));
            answered.put(partition, held - size);
            add(partition, -size);
        }
    }

    /**
     * Partitions are no longer owned: what waits and what is answered is dropped; what is in the stages is held until its
     * outcome comes.
     */
    public void release(Set<PartitionRef> gone) {
        for (PartitionRef partition : gone) {
            Long held = answered.remove(partition);
            if (held != null) {
                add(partition, -held);
            }
        }
        Iterator<Map.Entry<RecordRef, Held>> all = unanswered.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<RecordRef, Held> entry = all.next();
            PartitionRef partition = entry.getKey().partition();
            if (!entry.getValue().inStages && gone.contains(partition)) {
                all.remove();
                add(partition, -entry.getValue().bytes);
            }
        }
    }

    private void add(PartitionRef partition, long more) {
        perSource.merge(partition.topic(), more, Long::sum);
        bytes.addAndGet(more);
    }

    /** Sources that hold at least their share and are not to be fetched from. */
    public Set<String> full() {
        Set<String> full = new HashSet<>();
        for (String source : sources) {
            if (perSource.getOrDefault(source, 0L) >= share) {
                full.add(source);
            }
        }
        return full;
    }

    /** All that is held, by estimate. Safe from any thread. */
    public long bytes() {
        return bytes.get();
    }

    private static long size(Publication publication) {
        long images = publication.result().outcome() instanceof Outcome.Completed completed
                ? completed.images().size()
                : 0;
        return size(publication.original()) + images * IMAGE_BYTES;
    }

    /** Twice the value, because the decoded job holds its text once more. */
    private static long size(OriginalRecord original) {
        byte[] value = original.value();
        return RECORD_BYTES + original.bytes() + (value == null ? 0 : value.length);
    }
}
