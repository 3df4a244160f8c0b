package dev.limner.worker.schedule;

import dev.limner.worker.job.Task;

/**
 * The rule of the stages after a failure: a batch that fails is tried again job by job, so that no job suffers from
 * another; a job that fails alone is at fault itself. Whether trying again later could help makes no difference here: a
 * step that waits for something does so by itself. An {@link Error} is no job's fault and ends the stage at once.
 *
 * <p>Delivery: every job of a batch comes to the sink exactly once, in a result or as failed, unless the thread is
 * interrupted or the sink throws; those that have not come by then never do. On the calling thread, in the order of the
 * batch.
 */
public final class EachJobAlone {
    private EachJobAlone() {}

    /** What a stage makes of a batch. */
    @FunctionalInterface
    public interface Step<T extends Task, R> {
        /** All of the batch or nothing of it: what it throws, it throws for all jobs. */
        R take(MicroBatch<T> batch);
    }

    /** Takes what became of the jobs of a batch. What it throws is no job's failure and goes to the caller. */
    public interface Sink<T extends Task, R> {
        /** @param result of the whole batch, or of one of its jobs alone */
        void done(R result) throws InterruptedException;

        void failed(T job, RuntimeException why) throws InterruptedException;
    }

    /**
     * Takes a step with a batch.
     *
     * @throws InterruptedException from the sink
     */
    public static <T extends Task, R> void take(MicroBatch<T> batch, Step<T, R> step, Sink<T, R> sink)
            throws InterruptedException {
        R result;
        try {
            result = step.take(batch);
        } catch (RuntimeException e) {
            if (batch.jobs().size() == 1) {
                sink.failed(batch.jobs().get(0), e);
                return;
            }
            for (MicroBatch<T> alone : batch.eachAlone()) {
                take(alone, step, sink);
            }
            return;
        }
        sink.done(result);
    }
}
