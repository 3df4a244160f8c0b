package dev.limner.worker.schedule;

import java.util.List;

/**
 * Jobs that go to the device together.
 *
 * @param formedNanos {@link System#nanoTime()} of its forming
 */
public record MicroBatch(String id, List<QueuedJob> jobs, long formedNanos) {
    public MicroBatch {
        jobs = List.copyOf(jobs);
    }

    /** Pictures to draw. */
    public int images() {
        return jobs.stream().mapToInt(queued -> queued.job().count()).sum();
    }
}
