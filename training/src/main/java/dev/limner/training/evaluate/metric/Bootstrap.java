package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Percentile bootstrap (Efron 1979): what a mean of independent values, or a share of them, would have been with others of the
 * same kind. Not for figures that look at pairs or at neighbours: a resample holds copies.
 */
public final class Bootstrap {
    private static final int MEAN_RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /** The mean of one value an image. */
    public static Estimate mean(double[] values, long seed) {
        return of(
                values.length,
                MEAN_RESAMPLES,
                seed,
                indices -> Arrays.stream(indices)
                        .mapToDouble(i -> values[i])
                        .average()
                        .orElse(Double.NaN));
    }

    /**
     * Any statistic of a sample.
     *
     * @param size of the sample
     * @param statistic from positions in the sample, with repetitions, to the figure
     */
    public static Estimate of(int size, int resamples, long seed, ToDoubleFunction<int[]> statistic) {
        return between(value(size, statistic), resampled(size, resamples, seed, statistic));
    }

    private static double value(int size, ToDoubleFunction<int[]> statistic) {
        return statistic.applyAsDouble(IntStream.range(0, size).toArray());
    }

    private static double[] resampled(int size, int resamples, long seed, ToDoubleFunction<int[]> statistic) {
        return IntStream.range(0, resamples)
                .parallel()
                .mapToDouble(resample -> {
                    SplittableRandom random = new SplittableRandom(seed + resample);
                    return statistic.applyAsDouble(random.ints(size, 0, size).toArray());
                })
                .sorted()
                .toArray();
    }

    /** @param others in order */
    private static Estimate between(double value, double[] others) {
        int last = others.length - 1;
        return new Estimate(value, others[(int) Math.round(last * TAIL)], others[(int) Math.round(last * (1 - TAIL))]);
    }
}
