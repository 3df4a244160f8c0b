package dev.limner.worker.schedule;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait for the device: one first-in-first-out buffer per source, emptied in turn. A micro-batch is formed when
 * enough images wait or the oldest job has waited long enough, of jobs that take one route; those whose model is still
 * on its way wait on. A job with more images than a quarter of a batch gives that many in its source's turn, so that it
 * is spread over several turns and, among others, over several batches; all its parts take the route of the first.
 *
 * <p>Nothing starves: the batches are opened by the sources in turn, and whoever opens a batch gives at least one turn of
 * its oldest job. With {@code n} sources, a job before which (itself included) lie {@code t} turns of its source is in a
 * batch with all its images after at most {@code n * t} batches. One thread: the control thread.
 */
public final class JobLanes {
    private final BatchSettings settings;
    private final int bufferPerSource;
    private final String batchPrefix;
    private final ModelRoute.Router router;
    private final Map<String, Deque<QueuedJob>> buffers = new LinkedHashMap<>();
    private final List<String> sources;
    private final Set<String> full = new HashSet<>();
    /** The routes of jobs of which some images have left. */
    private final Map<RecordRef, ModelRoute> begun = new HashMap<>();
    /** The jobs that were last asked where they go. */
    private List<QueuedJob> lookedAt = List.of();
    /** Which source opens the next batch, if it has anything to give. */
    private int opening;

    private long batches;

    /** A look at what waits. Whatever is decided by it, each job is asked once where it goes. */
    private final class Look {
        private final Map<RecordRef, ModelRoute> routes = new HashMap<>();
        private final List<QueuedJob> asked = new ArrayList<>();

        ModelRoute route(QueuedJob queued) {
            ModelRoute fixed = begun.get(queued.ref());
            return fixed == null ? routes.computeIfAbsent(queued.ref(), ref -> ask(queued)) : fixed;
        }

        private ModelRoute ask(QueuedJob queued) {
            asked.add(queued);
            return router.of(queued.job());
        }
    }

    /**
     * @param sources topics, in the order of their turns
     * @param bufferPerSource jobs at which a source counts as full
     * @param batchPrefix what batch ids start with
     */
    public JobLanes(
            BatchSettings settings,
            List<String> sources,
            int bufferPerSource,
            String batchPrefix,
            ModelRoute.Router router) {
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
        return nanosUntilDue(now, new Look());
    }

    private long nanosUntilDue(long now, Look look) {
        lookedAt = look.asked;
        long oldest = Long.MAX_VALUE;
        int images = 0;
        for (Deque<QueuedJob> jobs : buffers.values()) {
            for (QueuedJob queued : jobs) {
                if (!look.route(queued).isDecided()) {
                    continue;
                }
                oldest = Math.min(oldest, queued.receivedNanos());
                images += queued.images();
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

    /** The jobs that the last look for a batch has asked where they go: they wait for their models, or did. */
    public List<QueuedJob> lookedAt() {
        return Collections.unmodifiableList(lookedAt);
    }

    /** Forms a micro-batch if one is due. The oldest job of the source that opens it decides on the route. */
    public Optional<MicroBatch<QueuedJob>> next(long now) {
        Look look = new Look();
        if (nanosUntilDue(now, look) > 0) {
            return Optional.empty();
        }
        SequencedMap<RecordRef, QueuedJob> taken = new LinkedHashMap<>();
        ModelRoute route = null;
        int images = 0;
        int passed = 0;
        int turn = opening;
        while (passed < sources.size() && images < settings.maxSize()) {
            Deque<QueuedJob> buffer = buffer(sources.get(turn));
            turn = (turn + 1) % sources.size();
            QueuedJob first = firstTaking(route, buffer, look);
            int most = settings.maxSize() - images;
            if (first == null || (first.job().count() <= settings.turn() && first.images() > most)) {
                passed++;
                continue;
            }
            passed = 0;
            if (route == null) {
                route = look.route(first);
                opening = turn;
            }
            QueuedJob part = take(buffer, first, route, most);
            taken.merge(
                    part.ref(), part, (before, more) -> before.part(before.first(), before.images() + more.images()));
            images += part.images();
        }
        return route == null ? Optional.empty() : Optional.of(batch(route, List.copyOf(taken.values()), now));
    }

    /** Takes a turn of a job out of its buffer and leaves the rest in its place. */
    private QueuedJob take(Deque<QueuedJob> buffer, QueuedJob queued, ModelRoute route, int most) {
        // What no model generates has no images to spread.
        int count = route instanceof ModelRoute.Ready
                ? Math.min(queued.images(), Math.min(settings.turn(), most))
                : queued.images();
        if (count == queued.images()) {
            buffer.remove(queued);
            begun.remove(queued.ref());
            return queued;
        }
        begun.put(queued.ref(), route);
        replace(buffer, queued, queued.part(queued.first() + count, queued.images() - count));
        return queued.part(queued.first(), count);
    }

    private static void replace(Deque<QueuedJob> buffer, QueuedJob queued, QueuedJob rest) {
        // The oldest that takes the route is nearly always the first.
        List<QueuedJob> before = new ArrayList<>();
        while (!buffer.getFirst().equals(queued)) {
            before.add(buffer.removeFirst());
        }
        buffer.removeFirst();
        buffer.addFirst(rest);
        before.reversed().forEach(buffer::addFirst);
    }

    /** Puts jobs back that were taken a moment ago, in front of the others. */
    public void putBack(MicroBatch<QueuedJob> batch) {
        batch.jobs().reversed().forEach(part -> putBack(part, batch.route()));
    }

    private void putBack(QueuedJob part, ModelRoute route) {
        Deque<QueuedJob> buffer = buffer(part.ref().partition().topic());
        QueuedJob joined = part;
        if (!part.last()) {
            QueuedJob rest = drop(buffer, part.ref());
            if (rest != null) {
                joined = part.part(part.first(), part.images() + rest.images());
            }
        }
        if (joined.first() == 0) {
            begun.remove(joined.ref());
        } else {
            begun.put(joined.ref(), route);
        }
        buffer.addFirst(joined);
    }

    private static @Nullable QueuedJob drop(Deque<QueuedJob> buffer, RecordRef ref) {
        for (QueuedJob queued : buffer) {
            if (queued.ref().equals(ref)) {
                buffer.remove(queued);
                return queued;
            }
        }
        return null;
    }

    /** Forgets the rest of a job that has its outcome although not all of its images have left. */
    public void forget(RecordRef ref) {
        if (begun.remove(ref) != null) {
            var unused = drop(buffer(ref.partition().topic()), ref);
        }
    }

    private @Nullable QueuedJob firstTaking(@Nullable ModelRoute wanted, Deque<QueuedJob> jobs, Look look) {
        for (QueuedJob queued : jobs) {
            ModelRoute route = look.route(queued);
            if (wanted == null ? route.isDecided() : route.equals(wanted)) {
                return queued;
            }
        }
        return null;
    }

    /** A micro-batch of one job, which need not have waited here. */
    public MicroBatch<QueuedJob> alone(QueuedJob job, ModelRoute route, long now) {
        return batch(route, List.of(job), now);
    }

    private MicroBatch<QueuedJob> batch(ModelRoute route, List<QueuedJob> jobs, long now) {
        return new MicroBatch<>(batchPrefix + "-" + ++batches, route, jobs, now);
    }

    /**
     * Forgets the jobs of partitions that are no longer owned.
     *
     * @return how many
     */
    public int release(Set<PartitionRef> gone) {
        int before = waiting();
        begun.keySet().removeIf(ref -> gone.contains(ref.partition()));
        buffers.values()
                .forEach(jobs ->
                        jobs.removeIf(queued -> gone.contains(queued.ref().partition())));
        return before - waiting();
    }
}
