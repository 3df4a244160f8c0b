package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Kernel inception distance (Binkowski et al. 2018): the unbiased squared maximum mean discrepancy with the cubic kernel
 * (x . y / d + 1)^3, averaged over random subsets. Zero for samples of one distribution, and sometimes below.
 */
public final class KernelInceptionDistance {
    private static final int SUBSETS = 10;
    private static final double NORMAL_95 = 1.96;

    private KernelInceptionDistance() {}

    /**
     * Compares two samples of vectors.
     *
     * @param subset how many of each a subset takes, at most the smaller sample
     * @return the mean over the subsets; the interval is 1.96 standard deviations of a subset's value
     */
    public static Estimate of(float[][] real, float[][] generated, int subset, long seed) {
        double[] values = IntStream.range(0, SUBSETS)
                .parallel()
                .mapToDouble(i -> {
                    SplittableRandom random = new SplittableRandom(seed + i);
                    return discrepancy(pick(real, subset, random), pick(generated, subset, random));
                })
                .toArray();
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double variance = Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (SUBSETS - 1);
        double margin = NORMAL_95 * Math.sqrt(variance);
        return new Estimate(mean, mean - margin, mean + margin);
    }

    private static float[][] pick(float[][] rows, int count, SplittableRandom random) {
        return Arrays.stream(VectorMath.sample(rows.length, count, random))
                .mapToObj(i -> rows[i])
                .toArray(float[][]::new);
    }

    private static double discrepancy(float[][] x, float[][] y) {
        int n = x.length;
        double within = 0;
        double between = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    within += kernel(x[i], x[j]) + kernel(y[i], y[j]);
                }
                between += kernel(x[i], y[j]);
            }
        }
        return within / ((double) n * (n - 1)) - 2 * between / ((double) n * n);
    }

    private static double kernel(float[] a, float[] b) {
        double base = VectorMath.product(a, b) / a.length + 1;
        return base * base * base;
    }
}
