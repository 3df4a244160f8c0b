package dev.limner.worker.publish;

import dev.limner.worker.lifecycle.StopBudget;
import java.time.Duration;

/**
 * The commit before partitions are let go: tried again until it is made, has failed too often, or its time is over.
 * Control thread only.
 */
public final class LastCommit {
    /** Failures after which the next owner is kept waiting no longer; those from before do not count. */
    static final int MOST_FAILURES = 3;
    /** How long one look at a publication that is on its way takes. */
    public static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private LastCommit() {}

    /** What commits. */
    public interface Commits {
        /** Whether anything can be published at all. */
        boolean passable();

        /** Whether a publication is on its way. */
        boolean busy();

        /** Publications that failed in a row. */
        int failures();

        /** Publishes what is done; false if that has failed or has not ended within the time. */
        boolean publish(Duration patience);
    }

    /**
     * Tries.
     *
     * @param listen waits a moment for a publication that is on its way
     * @return whether all that is done is committed
     */
    public static boolean made(Commits commits, StopBudget time, Runnable listen) {
        int most = commits.failures() + MOST_FAILURES;
        while (!time.left().isZero() && commits.passable() && (commits.busy() || commits.failures() < most)) {
            if (commits.busy()) {
                listen.run();
            } else if (commits.publish(time.atMost(LOOK_EVERY))) {
                return true;
            }
        }
        return false;
    }
}
