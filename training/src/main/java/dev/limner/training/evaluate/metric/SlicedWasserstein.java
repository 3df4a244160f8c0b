package dev.limner.training.evaluate.metric;

import dev.limner.generator.noise.CounterNoise;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sliced Wasserstein distance (Rabin et al. 2011): over random directions, the mean distance between the quantile
 * functions of two projected samples. Unlike a Frechet distance it sees more than mean and covariance. Above zero for two
 * samples of one distribution, by less for larger ones: figures of one size compare.
 */
public final class SlicedWasserstein {
    private static final int DIRECTIONS = 128;

    private SlicedWasserstein() {}

    /** The distance of two samples, over the same directions whenever the seed is the same. */
    public static double between(float[][] real, float[][] generated, long seed) {
        return IntStream.range(0, DIRECTIONS)
                .parallel()
                .mapToDouble(i -> {
                    float[] direction = direction(seed, i, real[0].length);
                    return distance(
                            Arrays.stream(project(real, direction)).sorted().toArray(),
                            Arrays.stream(project(generated, direction))
                                    .sorted()
                                    .toArray());
                })
                .average()
                .orElse(Double.NaN);
    }

    /**
     * The distance with its interval.
     *
     * @param real vectors of the real images
     * @param placed of the images in their place
     */
    public static Estimate of(float[][] real, float[][] placed, Comparison comparison, long seed) {
        Jackknife jackknife = Jackknife.over(comparison.units(), seed);
        List<Slice> slices = IntStream.range(0, DIRECTIONS)
                .parallel()
                .boxed()
                .flatMap(i -> {
                    float[] direction = direction(seed, i, real[0].length);
                    double[] reals = project(real, direction);
                    double[] others = project(placed, direction);
                    return comparison.directions().stream()
                            .map(one -> Slice.of(reals, one.real(), others, one.placed(), jackknife));
                })
                .toList();
        return jackknife
                .corrected(kept -> new double[] {
                    slices.stream()
                            .mapToDouble(slice -> slice.distance(kept))
                            .average()
                            .orElse(Double.NaN)
                })
                .interval();
    }

    /** Two projected samples in order, with the group of each value, so that a part of them needs no sorting. */
    private record Slice(double[] reals, int[] realGroups, double[] others, int[] otherGroups) {
        static Slice of(double[] reals, int[] ofReals, double[] others, int[] ofOthers, Jackknife jackknife) {
            int[] realOrder = ordered(ofReals, reals);
            int[] otherOrder = ordered(ofOthers, others);
            return new Slice(
                    Arrays.stream(realOrder).mapToDouble(i -> reals[i]).toArray(),
                    Arrays.stream(realOrder).map(jackknife::groupOf).toArray(),
                    Arrays.stream(otherOrder).mapToDouble(i -> others[i]).toArray(),
                    Arrays.stream(otherOrder).map(jackknife::groupOf).toArray());
        }

        double distance(boolean[] kept) {
            return SlicedWasserstein.distance(part(reals, realGroups, kept), part(others, otherGroups, kept));
        }

        private static double[] part(double[] values, int[] groups, boolean[] kept) {
            double[] part = new double[values.length];
            int count = 0;
            for (int i = 0; i < values.length; i++) {
                if (kept[groups[i]]) {
                    part[count++] = values[i];
                }
            }
            return Arrays.copyOf(part, count);
        }
    }

    private static int[] ordered(int[] positions, double[] values) {
        return Arrays.stream(positions)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static float[] direction(long seed, int number, int dimensions) {
        float[] direction = CounterNoise.normal(seed, number, dimensions);
        float norm = (float) Math.sqrt(VectorMath.product(direction, direction));
        for (int i = 0; i < dimensions; i++) {
            direction[i] /= norm;
        }
        return direction;
    }

    /** The area between the quantile functions of two sorted samples, of any sizes. */
    private static double distance(double[] a, double[] b) {
        double sum = 0;
        double done = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            double endOfA = (i + 1.0) / a.length;
            double endOfB = (j + 1.0) / b.length;
            double end = Math.min(endOfA, endOfB);
            sum += (end - done) * Math.abs(a[i] - b[j]);
            done = end;
            if ((long) (i + 1) * b.length <= (long) (j + 1) * a.length) {
                if ((long) (i + 1) * b.length == (long) (j + 1) * a.length) {
                    j++;
                }
                i++;
            } else {
                j++;
            }
        }
        return sum;
    }

    private static double[] project(float[][] rows, float[] direction) {
        return Arrays.stream(rows)
                .mapToDouble(row -> VectorMath.product(row, direction))
                .toArray();
    }
}
