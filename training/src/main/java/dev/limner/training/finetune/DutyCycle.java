package dev.limner.training.finetune;

import java.time.Duration;

/**
 * Keeps work to a share of the time, for a machine that somebody else uses too: after each piece it rests for as long as
 * the share leaves free. One thread.
 */
public final class DutyCycle {
    private final double share;
    private long restedNanos;

    /** @param share of the time that may be worked, above 0 and at most 1 */
    public DutyCycle(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("limner.trainer.share is " + share + ", must be above 0 and at most 1");
        }
        this.share = share;
    }

    /** Works, then rests. */
    void work(Runnable piece) {
        long start = System.nanoTime();
        piece.run();
        long worked = System.nanoTime() - start;
        long rest = (long) (worked * (1 / share - 1));
        if (rest > 0) {
            restedNanos += rest;
            try {
                Thread.sleep(Duration.ofNanos(rest));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** How long it has rested. */
    Duration rested() {
        return Duration.ofNanos(restedNanos);
    }
}
