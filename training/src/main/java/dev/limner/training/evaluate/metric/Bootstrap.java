package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Percentile bootstrap (Efron 1979): what a figure would have been with other images of the same kind. */
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

    /** The ratio of two means over the same images. */
    public static Estimate ratio(double[] numerators, double[] denominators, long seed) {
        return of(numerators.length, MEAN_RESAMPLES, seed, indices -> {
            double above = 0;
            double below = 0;
            for (int i : indices) {
                above += numerators[i];
                below += denominators[i];
            }
            return above / below;
        });
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

    /**
     * The same for a statistic that repetitions move one way, as a sample that repeats images has a covariance further
     * from that of others: the interval is moved back by how far they move it.
     */
    public static Estimate centred(int size, int resamples, long seed, ToDoubleFunction<int[]> statistic) {
        double value = value(size, statistic);
        double[] others = resampled(size, resamples, seed, statistic);
        double moved = Arrays.stream(others).average().orElse(value) - value;
        return between(value, Arrays.stream(others).map(other -> other - moved).toArray());
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
