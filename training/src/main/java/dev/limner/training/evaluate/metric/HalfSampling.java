package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Subsampling without replacement (Politis and Romano 1994) in halves: the variance of a figure over random halves of a
 * sample, which is that of the whole sample's figure over other samples, because leaving out a half halves the sample and
 * the halves share half of what they hold. For figures that count neighbours, whose jackknife is several times too wide.
 */
final class HalfSampling {
    private static final int HALVES = 40;

    private HalfSampling() {}

    /** @param statistic from the positions that are kept to the figures */
    static Variation[] of(SampleUnits units, long seed, Function<int[], double[]> statistic) {
        double[] whole = statistic.apply(IntStream.range(0, units.size()).toArray());
        double[][] halves = IntStream.range(0, HALVES)
                .parallel()
                .mapToObj(i -> statistic.apply(units.half(new SplittableRandom(seed * 31 + i))))
                .toArray(double[][]::new);
        return IntStream.range(0, whole.length)
                .mapToObj(k -> new Variation(whole[k], variance(halves, k), HALVES - 1))
                .toArray(Variation[]::new);
    }

    private static double variance(double[][] rows, int figure) {
        double mean =
                Arrays.stream(rows).mapToDouble(row -> row[figure]).average().orElse(Double.NaN);
        return Arrays.stream(rows)
                        .mapToDouble(row -> (row[figure] - mean) * (row[figure] - mean))
                        .sum()
                / (rows.length - 1);
    }
}
