package dev.limner.worker.schedule;

import dev.limner.worker.intake.PartitionRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs that wait for the device: one first-in-first-out buffer a source, emptied in turn. A micro-batch is formed when
 * enough pictures wait or the oldest job has waited long enough. One thread: the control thread.
 */
public final class Lanes {
    private final BatchSettings settings;
    private final int bufferPerSource;
    private final String batchPrefix;
    private final Map<String, Deque<QueuedJob>> buffers = new LinkedHashMap<>();
    private final List<String> sources;
    private final Set<String> full = new HashSet<>();
    private int turn;
    private long batches;

    /**
     * @param sources topics, in the order of their turns
     * @param bufferPerSource jobs at which a source counts as full
     * @param batchPrefix what batch ids start with
     */
    public Lanes(BatchSettings settings, List<String> sources, int bufferPerSource, String batchPrefix) {
        this.settings = settings;
        this.bufferPerSource = bufferPerSource;
        this.batchPrefix = batchPrefix;
        this.sources = List.copyOf(sources);
        sources.forEach(source -> buffers.put(source, new ArrayDeque<>()));
    }

    public void add(QueuedJob job) {
        buffer(job.ref().partition().topic()).add(job);
    }

    private Deque<QueuedJob> buffer(String source) {
        return buffers.computeIfAbsent(source, unknown -> {
            throw new IllegalStateException("a job from " + unknown + ", which is no source of " + sources);
        });
    }

    /**
     * Sources that should not be fetched from for now: those whose buffer filled up and has not run half empty since.
     * The distance between the two keeps a busy consumer from pausing and resuming for every batch.
     */
    public Set<String> full() {
        buffers.forEach((source, jobs) -> {
            if (jobs.size() >= bufferPerSource) {
                full.add(source);
            } else if (jobs.size() <= bufferPerSource / 2) {
                full.remove(source);
            }
        });
        return Set.copyOf(full);
    }

    public int waiting() {
        return buffers.values().stream().mapToInt(Deque::size).sum();
    }

    /** Nanoseconds until a batch may be formed from what waits; 0 if now, {@link Long#MAX_VALUE} if nothing waits. */
    public long nanosUntilDue(long now) {
        long oldest = Long.MAX_VALUE;
        int images = 0;
        for (Deque<QueuedJob> jobs : buffers.values()) {
            for (QueuedJob queued : jobs) {
                oldest = Math.min(oldest, queued.receivedNanos());
                images += queued.job().count();
                if (images >= settings.maxSize()) {
                    return 0;
                }
            }
        }
        if (oldest == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, oldest + settings.linger().toNanos() - now);
    }

    /** Forms a micro-batch if one is due. */
    public Optional<MicroBatch> next(long now) {
        if (nanosUntilDue(now) > 0) {
            return Optional.empty();
        }
        List<QueuedJob> taken = new ArrayList<>();
        int images = 0;
        int passed = 0;
        while (passed < sources.size() && images < settings.maxSize()) {
            Deque<QueuedJob> jobs = buffer(sources.get(turn));
            turn = (turn + 1) % sources.size();
            QueuedJob first = jobs.peek();
            if (first == null || (images > 0 && images + first.job().count() > settings.maxSize())) {
                passed++;
                continue;
            }
            passed = 0;
            taken.add(jobs.remove());
            images += first.job().count();
        }
        return taken.isEmpty() ? Optional.empty() : Optional.of(batch(taken, now));
    }

    /** A micro-batch of one job, which need not have waited here. */
    public MicroBatch alone(QueuedJob job, long now) {
        return batch(List.of(job), now);
    }

    private MicroBatch batch(List<QueuedJob> jobs, long now) {
        return new MicroBatch(batchPrefix + "-" + ++batches, jobs, now);
    }

    /**
     * Forgets the jobs of partitions that are no longer owned.
     *
     * @return how many
     */
    public int release(Set<PartitionRef> gone) {
        int before = waiting();
        buffers.values()
                .forEach(jobs ->
                        jobs.removeIf(queued -> gone.contains(queued.ref().partition())));
        return before - waiting();
    }
}
