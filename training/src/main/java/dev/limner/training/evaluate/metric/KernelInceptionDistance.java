package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Kernel inception distance (Binkowski et al. 2018): the unbiased squared maximum mean discrepancy with the cubic kernel
 * (x . y / d + 1)^3. Zero for samples of one distribution, and sometimes below. Pairs of one subject do not count, because
 * they are not independent.
 */
public final class KernelInceptionDistance {
    private KernelInceptionDistance() {}

    /** The distance of two samples of which nothing is paired. */
    public static double between(float[][] real, float[][] generated) {
        int[] reals = IntStream.range(0, real.length).toArray();
        int[] others = IntStream.range(0, generated.length).toArray();
        double between = Arrays.stream(reals)
                .parallel()
                .mapToDouble(i -> Arrays.stream(others)
                        .mapToDouble(j -> kernel(real[i], generated[j]))
                        .sum())
                .sum();
        return within(real) + within(generated) - 2 * between / ((double) real.length * generated.length);
    }

    private static double within(float[][] rows) {
        double sum = IntStream.range(0, rows.length)
                .parallel()
                .mapToDouble(i -> IntStream.range(0, rows.length)
                        .filter(j -> j != i)
                        .mapToDouble(j -> kernel(rows[i], rows[j]))
                        .sum())
                .sum();
        return sum / ((double) rows.length * (rows.length - 1));
    }

    /**
     * The distance with its interval.
     *
     * @param real vectors of the real images
     * @param placed of the images in their place
     */
    public static Estimate of(float[][] real, float[][] placed, Comparison comparison, long seed) {
        Jackknife jackknife = Jackknife.over(comparison.units(), seed);
        List<Kernels> directions = comparison.directions().stream()
                .map(one -> new Kernels(
                        Blocks.of(real, one.real(), real, one.real(), comparison, jackknife),
                        Blocks.of(placed, one.placed(), placed, one.placed(), comparison, jackknife),
                        Blocks.of(real, one.real(), placed, one.placed(), comparison, jackknife)))
                .toList();
        return jackknife
                .corrected(kept -> new double[] {
                    directions.stream()
                            .mapToDouble(one -> one.distance(kept))
                            .average()
                            .orElse(Double.NaN)
                })
                .interval();
    }

    private record Kernels(Blocks real, Blocks placed, Blocks between) {
        double distance(boolean[] kept) {
            return real.mean(kept) + placed.mean(kept) - 2 * between.mean(kept);
        }
    }

    /** Kernel sums by the groups of both images, without pairs of one subject. */
    private record Blocks(double[][] sums, long[][] counts) {
        static Blocks of(
                float[][] rows, int[] ofRows, float[][] columns, int[] ofColumns, Comparison of, Jackknife jackknife) {
            int groups = jackknife.groups();
            int[] units = of.units().unitOf();
            double[][] byRow = new double[ofRows.length][];
            long[][] counted = new long[ofRows.length][];
            IntStream.range(0, ofRows.length).parallel().forEach(at -> {
                int i = ofRows[at];
                double[] sums = new double[groups];
                long[] counts = new long[groups];
                for (int j : ofColumns) {
                    if (units[i] != units[j]) {
                        sums[jackknife.groupOf(j)] += kernel(rows[i], columns[j]);
                        counts[jackknife.groupOf(j)]++;
                    }
                }
                byRow[at] = sums;
                counted[at] = counts;
            });
            Blocks blocks = new Blocks(new double[groups][groups], new long[groups][groups]);
            for (int at = 0; at < ofRows.length; at++) {
                int group = jackknife.groupOf(ofRows[at]);
                for (int other = 0; other < groups; other++) {
                    blocks.sums[group][other] += byRow[at][other];
                    blocks.counts[group][other] += counted[at][other];
                }
            }
            return blocks;
        }

        double mean(boolean[] kept) {
            double sum = 0;
            long count = 0;
            for (int i = 0; i < kept.length; i++) {
                for (int j = 0; j < kept.length; j++) {
                    if (kept[i] && kept[j]) {
                        sum += sums[i][j];
                        count += counts[i][j];
                    }
                }
            }
            return sum / count;
        }
    }

    private static double kernel(float[] a, float[] b) {
        double base = VectorMath.product(a, b) / a.length + 1;
        return base * base * base;
    }
}
