package dev.limner.worker.pipeline;

import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.health.StageWatch;
import dev.limner.worker.lifecycle.ParallelClose;
import dev.limner.worker.lifecycle.StopBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the stages, each of which takes from its stage's queue until it is interrupted. All of them are started
 * by one thread; what the others are asked is safe from any.
 */
final class StageRunners {
    private static final Logger LOG = LoggerFactory.getLogger(StageRunners.class);

    private final FatalErrors errors;
    private final Consumer<RuntimeException> broken;
    private final List<Thread> running = new ArrayList<>();
    private final List<StageWatch> watches = new ArrayList<>();

    /** One step of one stage; interruption ends the thread. */
    @FunctionalInterface
    interface Step<T> {
        void take(T input) throws InterruptedException;
    }

    /**
     * @param errors hears of a stage that an {@link Error} ends
     * @param broken takes the failure of a step; its thread ends then
     */
    StageRunners(FatalErrors errors, Consumer<RuntimeException> broken) {
        this.errors = errors;
        this.broken = broken;
    }

    /** Starts a stage. */
    <T> void start(String name, int threads, BlockingQueue<T> queue, Step<T> step) {
        StageWatch watch = new StageWatch(name, threads);
        watches.add(watch);
        for (int i = 0; i < threads; i++) {
            int number = i;
            Thread thread = errors.thread("limner-" + name + "-" + number, () -> serve(queue, step, watch, number));
            running.add(thread);
            thread.start();
        }
    }

    private <T> void serve(BlockingQueue<T> queue, Step<T> step, StageWatch watch, int number) {
        try {
            while (true) {
                T input = queue.take();
                watch.began(number, System.nanoTime());
                step.take(input);
                watch.ended(number);
            }
        } catch (InterruptedException e) {
            LOG.debug("stage stopped");
        } catch (RuntimeException e) {
            broken.accept(e);
        }
    }

    /** How long the stages' threads have been at what they do. */
    List<StageWatch> watches() {
        return List.copyOf(watches);
    }

    /** Whether all stages have all of their threads. */
    boolean alive() {
        return running.stream().allMatch(Thread::isAlive);
    }

    /**
     * Ends all of them.
     *
     * @return whether they have ended; if not, what they use must not be closed
     */
    boolean close(StopBudget budget) {
        running.forEach(Thread::interrupt);
        return ParallelClose.join(budget, running);
    }
}
