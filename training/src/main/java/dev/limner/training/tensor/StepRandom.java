package dev.limner.training.tensor;

import java.util.SplittableRandom;

/**
 * Random numbers of one training step: a function of the recipe's seed, the step and what they are for, so that a resumed
 * training draws what an uninterrupted one would have drawn.
 */
public final class StepRandom {
    private StepRandom() {}

    /** What a step draws random numbers for; each has a stream of its own. */
    public enum Use {
        BATCH(0),
        AUGMENTATION(1),
        NOISE(2),
        FEEDBACK(3);

        private final int stream;

        Use(int stream) {
            this.stream = stream;
        }
    }

    /** A generator whose sequence has nothing in common with that of any other seed, step or use. */
    public static SplittableRandom of(long seed, long step, Use use) {
        return new SplittableRandom(seedOf(seed, step, use));
    }

    /**
     * The seed of such a generator. Hashed, because SplittableRandom walks its seed in equal strides: seeds that are
     * themselves strides apart give one sequence, shifted, and successive batches of nearly the same images.
     */
    public static long seedOf(long seed, long step, Use use) {
        long hashed = new SplittableRandom(seed).nextLong();
        hashed = new SplittableRandom(hashed + step).nextLong();
        return new SplittableRandom(hashed + use.stream).nextLong();
    }
}
