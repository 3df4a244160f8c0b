package dev.limner.worker.schedule;

import java.time.Duration;

/**
 * How micro-batches are formed.
 *
 * @param maxSize most pictures in one, except that a job with more goes alone
 * @param linger how long the oldest job waits for company
 */
public record BatchSettings(int maxSize, Duration linger) {
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
