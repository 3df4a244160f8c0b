package dev.limner.worker.schedule;

import dev.limner.worker.job.Task;
import dev.limner.worker.model.ModelRoute;
import java.util.ArrayList;
import java.util.List;

/**
 * Jobs that go through the stages together. Immutable, so safe from any thread.
 *
 * @param route that all of them take
 * @param jobs each with what the stages so far have made of it
 * @param formedNanos {@link System#nanoTime()} of its forming
 * @param took what the stages so far took for it
 */
public record MicroBatch<T extends Task>(
        String id, ModelRoute route, List<T> jobs, long formedNanos, StageMillis took) {
    public MicroBatch {
        jobs = List.copyOf(jobs);
    }

    /** A batch that no stage has taken yet. */
    public MicroBatch(String id, ModelRoute route, List<T> jobs, long formedNanos) {
        this(id, route, jobs, formedNanos, StageMillis.NONE);
    }

    /** Images to generate. */
    public int images() {
        return jobs.stream().mapToInt(task -> task.queued().images()).sum();
    }

    /**
     * The same batch one stage further.
     *
     * @param done the same jobs, in the same order
     */
    public <U extends Task> MicroBatch<U> further(List<U> done, StageMillis all) {
        if (done.size() != jobs.size()) {
            throw new IllegalArgumentException(done.size() + " jobs of batch " + id + ", which has " + jobs.size());
        }
        return new MicroBatch<>(id, route, done, formedNanos, all);
    }

    /** The same batch with fewer jobs. */
    public MicroBatch<T> keeping(List<T> kept) {
        return new MicroBatch<>(id, route, kept, formedNanos, took);
    }

    /** Two batches of half of its jobs each. */
    public List<MicroBatch<T>> halves() {
        int middle = jobs.size() / 2;
        return List.of(part(0, middle, 1), part(middle, jobs.size(), 2));
    }

    /** Each of its jobs as a batch of its own. */
    public List<MicroBatch<T>> eachAlone() {
        List<MicroBatch<T>> alone = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            alone.add(part(i, i + 1, i + 1));
        }
        return alone;
    }

    /** @param part tells its id apart from the other parts' */
    private MicroBatch<T> part(int from, int to, int part) {
        return new MicroBatch<>(id + "." + part, route, jobs.subList(from, to), formedNanos, took);
    }
}
