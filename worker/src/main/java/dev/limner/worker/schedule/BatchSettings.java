package dev.limner.worker.schedule;

import java.time.Duration;

/**
 * How micro-batches are formed.
 *
 * @param maxSize most images in one; a job with more is spread over several
 * @param linger how long the oldest job waits for company
 */
public record BatchSettings(int maxSize, Duration linger) {
    /** Turns that fill a batch. */
    private static final int TURNS = 4;

    /** Most images of one job that a source gives in its turn; a job with more is spread over several turns. */
    int turn() {
        return Math.max(1, maxSize / TURNS);
    }

    public BatchSettings {
        if (maxSize < 1 || maxSize > 1024) {
            throw new IllegalArgumentException(
                    "limner.worker.batch.max-size is " + maxSize + ", must be from 1 to 1024");
        }
        if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException("limner.worker.batch.linger is " + linger + ", must be from 0 to 10 s");
        }
    }
}
