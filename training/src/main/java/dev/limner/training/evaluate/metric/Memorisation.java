package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Whether generated images are copies of training images, by distances of pixels. Both pools that an image is looked for
 * in have one size: the nearest of many is nearer than that of few.
 */
public final class Memorisation {
    /** Share of real images that count as near. */
    public static final double NEAR = 0.05;

    private static final double NEGLIGIBLE = 1e-6;

    private Memorisation() {}

    /**
     * The mean distance to the nearest of some training images, by that to the nearest of as many held-out ones: 1 of images
     * that have nothing to do with either, 0 of copies. The training images are all subsets of that size; their mean is exact.
     *
     * @param toTraining for each position the distances of its image in place to the nearest training images, ascending; as
     *     many as count
     * @param training how many training images there are
     * @param toReal for each position the distances of its image in place to the real images
     */
    public static Estimate ofEqualPools(
            float[][] toTraining, int training, float[][] toReal, Comparison comparison, long seed) {
        Jackknife jackknife = Jackknife.over(comparison.units(), seed);
        return interval(
                jackknife,
                kept -> comparison.mean(jackknife, kept, (reals, placed) -> {
                    double[] chances = chances(Math.min(training, reals.length), training, toTraining[0].length);
                    double near = Arrays.stream(placed)
                            .mapToDouble(i -> weighted(toTraining[i], chances))
                            .sum();
                    return near / nearest(toReal, placed, reals);
                }));
    }

    /**
     * The same of images asked for with captions of training images: the training images are those asked for.
     *
     * @param toAsked for each position the distances of its image to the images asked for
     * @param toReal for each position the distances of its image to as many held-out images
     * @param units of the images asked for
     */
    public static Estimate ofAsked(float[][] toAsked, float[][] toReal, SampleUnits units, long seed) {
        Jackknife jackknife = Jackknife.over(units, seed);
        int[] all = IntStream.range(0, toAsked.length).toArray();
        return interval(jackknife, kept -> {
            int[] some = jackknife.kept(all, kept);
            return nearest(toAsked, some, some) / nearest(toReal, some, some);
        });
    }

    /** Figures of nobody are no share of anything: two sums of nothing make 1. */
    private static Estimate interval(Jackknife jackknife, ToDoubleFunction<boolean[]> ratio) {
        return jackknife
                .plain(kept -> {
                    double value = ratio.applyAsDouble(kept);
                    return new double[] {Double.isNaN(value) ? 1 : value};
                })[0]
                .interval();
    }

    private static double nearest(float[][] distances, int[] rows, int[] columns) {
        double sum = 0;
        for (int i : rows) {
            float least = Float.POSITIVE_INFINITY;
            for (int j : columns) {
                least = Math.min(least, distances[i][j]);
            }
            sum += least;
        }
        return sum;
    }

    private static double weighted(float[] ascending, double[] chances) {
        double sum = 0;
        for (int k = 0; k < chances.length; k++) {
            sum += chances[k] * ascending[k];
        }
        return sum;
    }

    /** How many of the nearest count, when so many of all are chosen: the chance that none of them is, is negligible. */
    public static int counted(int chosen, int all) {
        double missed = 1;
        int count = 0;
        while (count < all && missed > NEGLIGIBLE) {
            missed *= Math.max(0, all - chosen - count) / (double) (all - count);
            count++;
        }
        return Math.max(1, count);
    }

    /** The chances of the nearest, the second nearest and so on of all to be the nearest of those chosen. */
    private static double[] chances(int chosen, int all, int counted) {
        double[] chances = new double[Math.min(counted, all)];
        double missed = 1;
        for (int k = 0; k < chances.length; k++) {
            chances[k] = missed * chosen / (all - k);
            missed *= Math.max(0, all - chosen - k) / (double) (all - k);
        }
        chances[chances.length - 1] += missed;
        return chances;
    }

    /**
     * The share of images in place that are nearer to a training image than all but a twentieth of the real ones: a
     * twentieth of new images, all of copies.
     *
     * @param placed for each position the distance of its image in place to the nearest training image
     * @param real for each position that of its real image
     */
    public static Estimate copies(double[] placed, double[] real, Comparison comparison, long seed) {
        return HalfSampling.of(comparison.units(), seed, kept -> new double[] {
                    comparison.among(kept).stream()
                            .mapToDouble(direction -> share(placed, direction.placed(), real, direction.real()))
                            .average()
                            .orElse(Double.NaN)
                })[0]
                .share(placed.length, placed.length);
    }

    private static double share(double[] placed, int[] of, double[] real, int[] among) {
        double limit = limit(Arrays.stream(among).mapToDouble(i -> real[i]));
        return Arrays.stream(of).filter(i -> placed[i] <= limit).count() / (double) of.length;
    }

    private static double limit(DoubleStream real) {
        double[] sorted = real.sorted().toArray();
        return sorted[Math.max(0, (int) (NEAR * (sorted.length + 1)) - 1)];
    }

    /**
     * The same of images asked for with captions of training images, whose positions are their own.
     *
     * @param units of the images asked for
     */
    public static Estimate copiesOfAsked(double[] placed, double[] real, SampleUnits units) {
        double limit = limit(Arrays.stream(real));
        return ClusteredMean.of(
                        Arrays.stream(placed)
                                .map(distance -> distance <= limit ? 1 : 0)
                                .toArray(),
                        units)
                .share(placed.length, placed.length);
    }
}
