package dev.limner.trainer.eval.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Percentile bootstrap (Efron 1979): what a figure would have been with other pictures of the same kind. */
public final class Bootstrap {
    private static final int MEAN_RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /** The mean of one value a picture. */
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

    /** The ratio of two means over the same pictures. */
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
        double value = statistic.applyAsDouble(IntStream.range(0, size).toArray());
        double[] others = IntStream.range(0, resamples)
                .parallel()
                .mapToDouble(resample -> {
                    SplittableRandom random = new SplittableRandom(seed + resample);
                    return statistic.applyAsDouble(random.ints(size, 0, size).toArray());
                })
                .sorted()
                .toArray();
        int last = others.length - 1;
        return new Estimate(value, others[(int) Math.round(last * TAIL)], others[(int) Math.round(last * (1 - TAIL))]);
    }
}
