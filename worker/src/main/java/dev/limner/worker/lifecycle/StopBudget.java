package dev.limner.worker.lifecycle;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time that a shutdown has, from the moment it was asked for. Every wait of a shutdown asks this for its share, so
 * that all of them together end in time. Safe from any thread.
 */
public final class StopBudget {
    /** Closing has at least this part of a budget, however long finishing takes. */
    private static final int CLOSING_SHARE = 5;

    private final LongSupplier nanoTime;
    private final long start;
    private final long total;

    /**
     * Starts now.
     *
     * @param total from now until the process has to be gone; not negative
     */
    public StopBudget(Duration total) {
        this(total, System::nanoTime);
    }

    /** @param nanoTime the clock, in nanoseconds from anywhere */
    public StopBudget(Duration total, LongSupplier nanoTime) {
        if (total.isNegative()) {
            throw new IllegalArgumentException("a shutdown has " + total + ", must not be negative");
        }
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.total = total.toNanos();
    }

    /** What is left; zero once it is spent. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, total - (nanoTime.getAsLong() - start)));
    }

    /** What a wait may take that would like to take {@code wish}. */
    public Duration atMost(Duration wish) {
        Duration left = left();
        return wish.compareTo(left) < 0 ? wish : left;
    }

    /** What is left for finishing work, before the fifth that closing clients and threads has for itself. */
    public Duration leftForWork() {
        return Duration.ofNanos(Math.max(0, left().toNanos() - total / CLOSING_SHARE));
    }
}
