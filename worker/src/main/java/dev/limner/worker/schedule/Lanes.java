package dev.limner.worker.schedule;

import dev.limner.worker.intake.PartitionRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for the device: one first-in-first-out buffer a source, emptied in turn. A micro-batch is formed when
 * enough pictures wait or the oldest job has waited long enough, of jobs that take one route; those whose model is still
 * on its way wait on. One thread: the control thread.
 */
public final class Lanes {
    private final BatchSettings settings;
    private final int bufferPerSource;
    private final String batchPrefix;
    private final Route.Router router;
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
    public Lanes(
            BatchSettings settings,
            List<String> sources,
            int bufferPerSource,
            String batchPrefix,
            Route.Router router) {
        this.settings = settings;
        this.bufferPerSource = bufferPerSource;
        this.batchPrefix = batchPrefix;
        this.router = router;
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
                if (!router.of(queued.job()).isDecided()) {
                    continue;
                }
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

    /** Forms a micro-batch if one is due. The job at the head of the source whose turn it is decides on the route. */
    public Optional<MicroBatch> next(long now) {
        if (nanosUntilDue(now) > 0) {
            return Optional.empty();
        }
        List<QueuedJob> taken = new ArrayList<>();
        Route route = null;
        int images = 0;
        int passed = 0;
        while (passed < sources.size() && images < settings.maxSize()) {
            Iterator<QueuedJob> jobs = buffer(sources.get(turn)).iterator();
            turn = (turn + 1) % sources.size();
            QueuedJob first = firstTaking(route, jobs);
            if (first == null || (images > 0 && images + first.job().count() > settings.maxSize())) {
                passed++;
                continue;
            }
            jobs.remove();
            passed = 0;
            route = route == null ? router.of(first.job()) : route;
            taken.add(first);
            images += first.job().count();
        }
        return route == null ? Optional.empty() : Optional.of(batch(route, taken, now));
    }

    /** Puts jobs back that were taken a moment ago, in front of the others. */
    public void putBack(List<QueuedJob> jobs) {
        jobs.reversed().forEach(job -> buffer(job.ref().partition().topic()).addFirst(job));
    }

    /** Leaves the iterator behind what it returns. */
    private @Nullable QueuedJob firstTaking(@Nullable Route wanted, Iterator<QueuedJob> jobs) {
        while (jobs.hasNext()) {
            QueuedJob queued = jobs.next();
            Route route = router.of(queued.job());
            if (wanted == null ? route.isDecided() : route.equals(wanted)) {
                return queued;
            }
        }
        return null;
    }

    /** A micro-batch of one job, which need not have waited here. */
    public MicroBatch alone(QueuedJob job, long now) {
        return batch(router.of(job.job()), List.of(job), now);
    }

    private MicroBatch batch(Route route, List<QueuedJob> jobs, long now) {
        return new MicroBatch(batchPrefix + "-" + ++batches, route, jobs, now);
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
