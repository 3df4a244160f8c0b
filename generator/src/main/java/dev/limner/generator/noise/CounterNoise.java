package dev.limner.generator.noise;

/**
 * Standard normal noise from a counter-based generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011) followed by Box-Muller.
 *
 * <p>A value depends on (seed, stream, position) only, never on what was generated before it, so an image's latent is the
 * same alone, in a batch, after a redelivery and on another machine. {@link StrictMath} keeps the transform
 * bit-identical across instruction sets. Stateless; safe from any thread.
 */
public final class CounterNoise {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final double TWO_TO_MINUS_32 = 0x1.0p-32;

    private CounterNoise() {}

    /**
     * @param seed the job's seed
     * @param stream which of the seed's independent streams: the image's index in its job
     * @param size how many values
     * @return {@code size} independent draws from N(0, 1)
     */
    public static float[] normal(long seed, long stream, int size) {
        float[] values = new float[size];
        int[] block = new int[4];
        for (int start = 0; start < size; start += 4) {
            philox(seed, stream, start / 4, block);
            for (int pair = 0; pair < 2; pair++) {
                // The half step keeps the argument of the logarithm above zero.
                double radius = StrictMath.sqrt(-2 * StrictMath.log(unit(block[2 * pair])));
                double angle = 2 * StrictMath.PI * unit(block[2 * pair + 1]);
                put(values, start + 2 * pair, radius * StrictMath.cos(angle));
                put(values, start + 2 * pair + 1, radius * StrictMath.sin(angle));
            }
        }
        return values;
    }

    private static double unit(int bits) {
        return (Integer.toUnsignedLong(bits) + 0.5) * TWO_TO_MINUS_32;
    }

    private static void put(float[] values, int at, double value) {
        if (at < values.length) {
            values[at] = (float) value;
        }
    }

    /** Fills {@code out} with the four words of one Philox4x32-10 block. */
    static void philox(long key, long stream, long counter, int[] out) {
        int key0 = (int) key;
        int key1 = (int) (key >>> 32);
        int word0 = (int) counter;
        int word1 = (int) (counter >>> 32);
        int word2 = (int) stream;
        int word3 = (int) (stream >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(word0);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(word2);
            word0 = (int) (product1 >>> 32) ^ word1 ^ key0;
            word2 = (int) (product0 >>> 32) ^ word3 ^ key1;
            word1 = (int) product1;
            word3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        out[0] = word0;
        out[1] = word1;
        out[2] = word2;
        out[3] = word3;
    }
}
