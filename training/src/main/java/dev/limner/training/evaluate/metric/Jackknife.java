package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The delete-d jackknife (Quenouille 1956, Tukey 1958; in groups Shao and Wu 1989): a figure's variance from what it is
 * without each group of units in turn. Nothing is taken twice, so figures that look at pairs or at neighbours are not
 * misled by copies, as they are in a bootstrap.
 */
final class Jackknife {
    private static final int GROUPS = 20;

    private final int[] groupOf;
    private final int groups;

    private Jackknife(int[] groupOf) {
        this.groupOf = groupOf;
        this.groups = 1 + Arrays.stream(groupOf).max().orElse(-1);
    }

    /** Deals the units into 20 groups, or one group each where there are fewer. */
    static Jackknife over(SampleUnits units, long seed) {
        return over(units, GROUPS, seed);
    }

    static Jackknife over(SampleUnits units, int most, long seed) {
        return new Jackknife(units.dealt(most, seed));
    }

    int groups() {
        return groups;
    }

    int groupOf(int position) {
        return groupOf[position];
    }

    /** Those of the positions whose group is kept, in order. */
    int[] kept(int[] positions, boolean[] kept) {
        int[] some = new int[positions.length];
        int count = 0;
        for (int i : positions) {
            if (kept[groupOf[i]]) {
                some[count++] = i;
            }
        }
        return Arrays.copyOf(some, count);
    }

    /**
     * The plain jackknife. It errs upwards (Efron and Stein 1981): intervals are a little wide.
     *
     * @param statistic from the groups that are kept to the figures
     */
    Variation[] plain(Function<boolean[], double[]> statistic) {
        double[] whole = statistic.apply(without(-1, -1));
        double[][] left = leftOut(statistic);
        return IntStream.range(0, whole.length)
                .mapToObj(k -> new Variation(whole[k], variance(left, k), groups - 1))
                .toArray(Variation[]::new);
    }

    /**
     * The jackknife corrected for what pairs contribute (Efron and Stein 1981): the distances between two samples of one
     * distribution are sums over pairs, whose variance the plain one takes for twice as much. For smooth figures only.
     */
    Variation corrected(Function<boolean[], double[]> statistic) {
        double whole = statistic.apply(without(-1, -1))[0];
        double[][] left = leftOut(statistic);
        int pairs = groups * (groups - 1) / 2;
        double[] second = IntStream.range(0, groups * groups)
                .parallel()
                .filter(at -> at / groups < at % groups)
                .mapToDouble(at -> {
                    int i = at / groups;
                    int j = at % groups;
                    double both = statistic.apply(without(i, j))[0];
                    return groups * whole - (groups - 1) * (left[i][0] + left[j][0]) + (groups - 2) * both;
                })
                .toArray();
        double mean = Arrays.stream(second).sum() / pairs;
        double ofPairs = Arrays.stream(second)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (groups * (groups - 1.0));
        double plain = variance(left, 0);
        // Were there nothing but pairs, the plain one would be twice the truth.
        return new Variation(whole, Math.max(plain - ofPairs, plain / 2), groups - 1);
    }

    private double[][] leftOut(Function<boolean[], double[]> statistic) {
        return IntStream.range(0, groups)
                .parallel()
                .mapToObj(i -> statistic.apply(without(i, -1)))
                .toArray(double[][]::new);
    }

    private double variance(double[][] left, int figure) {
        double mean =
                Arrays.stream(left).mapToDouble(row -> row[figure]).average().orElse(Double.NaN);
        return (groups - 1.0)
                / groups
                * Arrays.stream(left)
                        .mapToDouble(row -> (row[figure] - mean) * (row[figure] - mean))
                        .sum();
    }

    private boolean[] without(int one, int other) {
        boolean[] kept = new boolean[groups];
        for (int i = 0; i < groups; i++) {
            kept[i] = i != one && i != other;
        }
        return kept;
    }
}
