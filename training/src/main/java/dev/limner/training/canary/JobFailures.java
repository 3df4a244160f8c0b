package dev.limner.training.canary;

import dev.limner.protocol.WorkerStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the jobs that workers generated with each model, from one status of a worker to its next: what the models did
 * on one machine in the same few seconds. Safe from any thread.
 */
public final class JobFailures {
    /** What nobody has asked for by then is dropped, the oldest first. */
    private static final int MOST_INTERVALS = 10_000;

    private static final int MOST_JOBS = 1_000_000;

    private final Map<String, WorkerStatus> last = new HashMap<>();
    private final Deque<Interval> intervals = new ArrayDeque<>();

    /** Jobs generated with a model. */
    public record Done(int failed, int all) {
        static final Done NOTHING = new Done(0, 0);

        Done plus(Done other) {
            return new Done(failed + other.failed, all + other.all);
        }
    }

    /**
     * What a worker did from one status to its next, by the models' digests.
     *
     * @param from the time of the first of the two, by the worker's clock
     */
    public record Interval(String worker, Instant from, Map<String, Done> done) {
        public Interval {
            done = Map.copyOf(done);
        }
    }

    /** Takes a worker's status. What it did before the first one heard is not known to be of any time, and left out. */
    public synchronized void heard(WorkerStatus status) {
        WorkerStatus before = last.put(status.worker(), status);
        if (before == null) {
            return;
        }
        Map<String, WorkerStatus.Loaded> old = new HashMap<>();
        before.models().forEach(loaded -> old.put(loaded.digest(), loaded));
        Map<String, Done> done = new HashMap<>();
        for (WorkerStatus.Loaded now : status.models()) {
            Done more = between(old.get(now.digest()), now);
            if (more.all() > 0) {
                done.put(now.digest(), more);
            }
        }
        if (!done.isEmpty()) {
            intervals.addLast(new Interval(status.worker(), before.at(), done));
            if (intervals.size() > MOST_INTERVALS) {
                intervals.removeFirst();
            }
        }
    }

    /** A worker that was started again, or has loaded the model anew, counts from nothing. */
    private static Done between(WorkerStatus.@Nullable Loaded before, WorkerStatus.Loaded now) {
        if (before == null || before.completed() > now.completed() || before.failed() > now.failed()) {
            return done(now.failed(), now.completed());
        }
        return done(now.failed() - before.failed(), now.completed() - before.completed());
    }

    /** Nobody generates as many as an int does not hold from one status to the next, and nobody less than nothing. */
    private static Done done(long failed, long completed) {
        boolean possible = failed >= 0 && completed >= 0 && failed <= MOST_JOBS && completed <= MOST_JOBS;
        return possible ? new Done((int) failed, (int) (failed + completed)) : Done.NOTHING;
    }

    /** The intervals since the last call. */
    public synchronized List<Interval> take() {
        List<Interval> taken = List.copyOf(intervals);
        intervals.clear();
        return taken;
    }

    /** Forgets workers that have long been gone. */
    public synchronized void forget(Instant before) {
        last.values().removeIf(status -> status.at().isBefore(before));
    }
}
