package dev.limner.training.evaluate.metric;

import dev.limner.generator.noise.CounterNoise;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The sliced Wasserstein distance (Rabin et al. 2011): over random directions, the mean distance between the sorted
 * projections of two samples of one size. Unlike a Frechet distance it sees more than mean and covariance.
 */
public final class SlicedWasserstein {
    private static final int DIRECTIONS = 128;
    private static final double TAIL_95 = 1.96;

    private SlicedWasserstein() {}

    /** The mean over the directions; the interval is that of the mean. */
    public static Estimate of(float[][] real, float[][] generated, long seed) {
        if (real.length != generated.length) {
            throw new IllegalArgumentException(real.length + " real and " + generated.length + " generated images");
        }
        double[] distances = IntStream.range(0, DIRECTIONS)
                .parallel()
                .mapToDouble(i -> distance(real, generated, direction(seed, i, real[0].length)))
                .toArray();
        double mean = Arrays.stream(distances).average().orElse(Double.NaN);
        double variance = Arrays.stream(distances)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (DIRECTIONS - 1);
        double margin = TAIL_95 * Math.sqrt(variance / DIRECTIONS);
        return new Estimate(mean, mean - margin, mean + margin);
    }

    private static float[] direction(long seed, int number, int dimensions) {
        float[] direction = CounterNoise.normal(seed, number, dimensions);
        float norm = (float) Math.sqrt(VectorMath.product(direction, direction));
        for (int i = 0; i < dimensions; i++) {
            direction[i] /= norm;
        }
        return direction;
    }

    private static double distance(float[][] real, float[][] generated, float[] direction) {
        double[] a = project(real, direction);
        double[] b = project(generated, direction);
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .average()
                .orElse(Double.NaN);
    }

    private static double[] project(float[][] rows, float[] direction) {
        return Arrays.stream(rows)
                .mapToDouble(row -> VectorMath.product(row, direction))
                .sorted()
                .toArray();
    }
}
