package dev.limner.worker.schedule;

import dev.limner.worker.job.QueuedJob;
import dev.limner.worker.model.ModelRoute;
import java.util.List;

/**
 * Jobs that go to the device together.
 *
 * @param route that all of them take
 * @param formedNanos {@link System#nanoTime()} of its forming
 */
public record MicroBatch(String id, ModelRoute route, List<QueuedJob> jobs, long formedNanos) {
    public MicroBatch {
        jobs = List.copyOf(jobs);
    }

    /** Images to generate. */
    public int images() {
        return jobs.stream().mapToInt(QueuedJob::images).sum();
    }

    /** Some of its jobs as a batch of their own. */
    public MicroBatch part(int from, int to, int part) {
        return new MicroBatch(id + "." + part, route, jobs.subList(from, to), formedNanos);
    }

    /** The same batch with fewer jobs. */
    public MicroBatch keeping(List<QueuedJob> kept) {
        return new MicroBatch(id, route, kept, formedNanos);
    }
}
