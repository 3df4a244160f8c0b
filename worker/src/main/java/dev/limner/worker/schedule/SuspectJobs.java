package dev.limner.worker.schedule;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Jobs under suspicion of killing their worker. They go before all others, one by one with nothing else in the pipeline
 * until their outcome is there, and nothing follows one before its outcome is committed. Control thread only.
 */
public final class SuspectJobs {
    private final Deque<QueuedJob> waiting = new ArrayDeque<>();
    /** A suspect without an outcome yet: as long as its mark stands, a death is put down to it. */
    private @Nullable RecordRef alone;
    /** Whether the brokers have been told that the last suspect has its outcome. */
    private boolean cleared = true;

    public void add(QueuedJob job) {
        waiting.add(job);
    }

    /** Those that have not begun, in the order of their arrival. */
    public List<QueuedJob> waiting() {
        return List.copyOf(waiting);
    }

    /** A suspect whose turn it is, and where it goes. */
    public record Next(QueuedJob job, ModelRoute route) {}

    /** A suspect whose model is on its way to the device holds up nobody; what is begun must get to its end. */
    public Optional<Next> next(ModelRoute.Router router) {
        for (QueuedJob queued : waiting) {
            ModelRoute route = router.of(queued.job());
            if (route.isDecided()) {
                return Optional.of(new Next(queued, route));
            }
        }
        return Optional.empty();
    }

    /** One of them goes to the device. */
    public void begin(QueuedJob job) {
        alone = job.ref();
        cleared = false;
        waiting.remove(job);
    }

    /** One of them has its outcome without the device. */
    public void drop(QueuedJob job) {
        waiting.remove(job);
    }

    /** A record has its outcome. */
    public void answered(RecordRef ref) {
        if (ref.equals(alone)) {
            alone = null;
        }
    }

    /** Whether one is on its way: nothing may be sent after it. */
    public boolean running() {
        return alone != null;
    }

    /** Whether the outcome of the last one is committed, as far as anybody said. */
    public boolean cleared() {
        return cleared;
    }

    /** Everything that has an outcome is committed. */
    public void clear() {
        cleared = true;
    }

    /**
     * Forgets the jobs of partitions that are no longer owned.
     *
     * @return how many
     */
    public int release(Set<PartitionRef> gone) {
        int before = waiting.size();
        waiting.removeIf(queued -> gone.contains(queued.ref().partition()));
        return before - waiting.size();
    }
}
