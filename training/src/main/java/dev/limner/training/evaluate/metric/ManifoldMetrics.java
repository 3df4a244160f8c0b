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

    /** @throws IllegalArgumentException if a sample has no more than five vectors */
    public static ManifoldMetrics of(float[][] real, float[][] generated, long seed) {
        if (real.length <= NEIGHBOURS || generated.length <= NEIGHBOURS) {
            throw new IllegalArgumentException("precision and recall need more than " + NEIGHBOURS
                    + " images, there are " + real.length + " real and " + generated.length + " generated");
        }
        double[] realRadii = radii(real);
        double[] generatedRadii = radii(generated);
        double[][] distances = VectorMath.squaredDistances(generated, real);
        double[] balls = new double[generated.length];
        double[] reached = new double[real.length];
        double[] covered = new double[real.length];
        for (int i = 0; i < generated.length; i++) {
            for (int j = 0; j < real.length; j++) {
                if (distances[i][j] <= realRadii[j]) {
                    balls[i]++;
                    covered[j] = 1;
                }
                if (distances[i][j] <= generatedRadii[i]) {
                    reached[j] = 1;
                }
            }
        }
        double[] inside = Arrays.stream(balls).map(count -> count > 0 ? 1 : 0).toArray();
        return new ManifoldMetrics(
                Bootstrap.mean(inside, seed),
                Bootstrap.mean(reached, seed),
                Bootstrap.mean(balls, seed).times(1.0 / NEIGHBOURS),
                Bootstrap.mean(covered, seed));
    }

    /** Squared distance of each vector to its fifth neighbour. */
    private static double[] radii(float[][] rows) {
        double[][] distances = VectorMath.squaredDistances(rows, rows);
        return IntStream.range(0, rows.length)
                .parallel()
                .mapToDouble(i -> {
                    // The nearest of all is the vector itself.
                    double[] sorted = distances[i].clone();
                    Arrays.sort(sorted);
                    return sorted[NEIGHBOURS];
                })
                .toArray();
    }
}
