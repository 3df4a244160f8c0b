package dev.limner.worker.lifecycle;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes several things side by side within what is left of a shutdown. One that does not end in time is left behind. */
public final class ParallelClose {
    private static final Logger LOG = LoggerFactory.getLogger(ParallelClose.class);

    private ParallelClose() {}

    /**
     * Closes all of them, each on a daemon thread of its own; returns when all have ended or the budget is spent. What
     * they throw is logged.
     *
     * @return whether all have ended
     */
    public static boolean all(StopBudget budget, List<? extends AutoCloseable> closeables) {
        List<Thread> threads = new ArrayList<>();
        for (AutoCloseable closeable : closeables) {
            threads.add(Thread.ofPlatform()
                    .name("limner-close-" + closeable.getClass().getSimpleName())
                    .daemon()
                    .start(() -> close(closeable)));
        }
        return join(budget, threads);
    }

    /**
     * Waits until threads have ended, no longer than the budget lasts.
     *
     * @return whether all have
     */
    public static boolean join(StopBudget budget, List<Thread> threads) {
        boolean all = true;
        for (Thread thread : threads) {
            try {
                all &= thread.join(budget.left());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        if (!all) {
            LOG.atWarn()
                    .addKeyValue(
                            "threads",
                            threads.stream()
                                    .filter(Thread::isAlive)
                                    .map(Thread::getName)
                                    .toList())
                    .log("not closed in time, left behind");
        }
        return all;
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.atWarn()
                    .addKeyValue("what", closeable.getClass().getSimpleName())
                    .setCause(e)
                    .log("not closed cleanly");
        }
    }
}
