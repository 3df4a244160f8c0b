package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Whether generated images lie where real ones do, and real ones where generated ones do: precision and recall (Kynkaanniemi et
 * al. 2019), density and coverage (Naeem et al. 2020), with balls that reach to the fifth neighbour.
 *
 * @param precision share of the generated inside some real ball
 * @param recall share of the real inside some generated ball
 * @param density real balls around a generated image, divided by five
 * @param coverage share of the real balls that hold a generated image
 */
public record ManifoldMetrics(Estimate precision, Estimate recall, Estimate density, Estimate coverage) {
    /** Neighbours that a ball reaches to. */
    public static final int NEIGHBOURS = 5;

    /**
     * Shares have intervals from {@link HalfSampling}, density from the {@link Jackknife}.
     *
     * @param real vectors of the real images
     * @param placed of the images in their place
     * @throws IllegalArgumentException if a side of the comparison has no more than five vectors
     */
    public static ManifoldMetrics of(float[][] real, float[][] placed, Comparison comparison, long seed) {
        for (Comparison.Direction direction : comparison.directions()) {
            if (direction.real().length <= NEIGHBOURS || direction.placed().length <= NEIGHBOURS) {
                throw new IllegalArgumentException("precision and recall need more than " + NEIGHBOURS
                        + " images, there are " + direction.real().length + " real and " + direction.placed().length
                        + " generated");
            }
        }
        Distances distances = new Distances(
                VectorMath.squaredDistances(real, real),
                VectorMath.squaredDistances(placed, placed),
                VectorMath.squaredDistances(placed, real));
        Variation[] halves = HalfSampling.of(comparison.units(), seed, kept -> distances.mean(comparison.among(kept)));
        Jackknife jackknife = Jackknife.over(comparison.units(), seed);
        int[] all = IntStream.range(0, real.length).toArray();
        Variation density = jackknife
                .plain(kept -> new double[] {distances.mean(comparison.among(jackknife.kept(all, kept)))[2]})[0];
        int cases = real.length;
        return new ManifoldMetrics(
                halves[0].share(cases, cases),
                halves[1].share(cases, cases),
                density.interval(),
                halves[3].share(cases, cases));
    }

    /**
     * The coverage to be expected of a sample of the same distribution: it misses a ball if the five nearest of all others
     * are real.
     *
     * @param real size of the real sample
     * @param placed size of the other
     */
    public static double coverageOfEquals(int real, int placed) {
        double missed = 1;
        for (int i = 1; i <= NEIGHBOURS; i++) {
            missed *= (real - i) / (double) (real + placed - i);
        }
        return 1 - missed;
    }

    private record Distances(double[][] real, double[][] placed, double[][] between) {
        /** Precision, recall, density and coverage. */
        double[] mean(Iterable<Comparison.Direction> directions) {
            double[] sums = new double[4];
            int count = 0;
            for (Comparison.Direction direction : directions) {
                double[] figures = of(direction.real(), direction.placed());
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += figures[i];
                }
                count++;
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] /= count;
            }
            return sums;
        }

        private double[] of(int[] reals, int[] others) {
            double[] realRadii = radii(real, reals);
            double[] otherRadii = radii(placed, others);
            boolean[] reached = new boolean[reals.length];
            boolean[] covered = new boolean[reals.length];
            long balls = 0;
            int inside = 0;
            for (int i = 0; i < others.length; i++) {
                double[] row = between[others[i]];
                int mine = 0;
                for (int j = 0; j < reals.length; j++) {
                    double distance = row[reals[j]];
                    if (distance <= realRadii[j]) {
                        mine++;
                        covered[j] = true;
                    }
                    if (distance <= otherRadii[i]) {
                        reached[j] = true;
                    }
                }
                balls += mine;
                inside += mine > 0 ? 1 : 0;
            }
            return new double[] {
                inside / (double) others.length,
                share(reached),
                balls / (double) NEIGHBOURS / others.length,
                share(covered)
            };
        }

        private static double share(boolean[] met) {
            int count = 0;
            for (boolean one : met) {
                count += one ? 1 : 0;
            }
            return count / (double) met.length;
        }

        /** Squared distance of each to its fifth neighbour among the others. */
        private static double[] radii(double[][] distances, int[] positions) {
            int neighbours = Math.min(NEIGHBOURS, positions.length - 1);
            return Arrays.stream(positions)
                    .mapToDouble(i -> {
                        double[] nearest = new double[neighbours];
                        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
                        for (int j : positions) {
                            if (j != i) {
                                insert(nearest, distances[i][j]);
                            }
                        }
                        return neighbours == 0 ? 0 : nearest[neighbours - 1];
                    })
                    .toArray();
        }

        private static void insert(double[] ascending, double value) {
            int at = ascending.length - 1;
            if (at < 0 || value >= ascending[at]) {
                return;
            }
            while (at > 0 && ascending[at - 1] > value) {
                ascending[at] = ascending[at - 1];
                at--;
            }
            ascending[at] = value;
        }
    }
}
