package dev.limner.worker.health;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long the threads of one stage have been at their present step. Each thread writes its own place; anybody reads. */
public final class StageWatch {
    private static final long IDLE = Long.MIN_VALUE;

    private final String stage;
    private final AtomicLongArray startedNanos;

    /** @param threads of the stage */
    public StageWatch(String stage, int threads) {
        this.stage = stage;
        this.startedNanos = new AtomicLongArray(threads);
        for (int i = 0; i < threads; i++) {
            startedNanos.set(i, IDLE);
        }
    }

    public String stage() {
        return stage;
    }

    public void began(int thread, long nanoTime) {
        startedNanos.set(thread, nanoTime);
    }

    public void ended(int thread) {
        startedNanos.set(thread, IDLE);
    }

    /** The longest present step; zero if no thread is at one. */
    public Duration longest(long nanoTime) {
        long longest = 0;
        for (int i = 0; i < startedNanos.length(); i++) {
            long started = startedNanos.get(i);
            if (started != IDLE) {
                longest = Math.max(longest, nanoTime - started);
            }
        }
        return Duration.ofNanos(longest);
    }
}
