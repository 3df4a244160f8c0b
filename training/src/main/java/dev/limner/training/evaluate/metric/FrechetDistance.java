package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.correlation.Covariance;

/**
 * The Frechet distance between Gaussians fitted to two samples (FID, Heusel et al. 2017; over images and captions
 * together FJD, DeVries et al. 2019). Biased upwards for few samples: not computed for fewer than ten a dimension.
 */
public final class FrechetDistance {
    private static final int SAMPLES_A_DIMENSION = 10;
    private static final int GROUPS = 20;
    /** Wide matrices take long to decompose. */
    private static final int GROUPS_OF_WIDE = 10;

    private static final int WIDE = 64;

    private FrechetDistance() {}

    /** The least sample that gives a figure worth printing. */
    public static int leastSample(int dimensions) {
        return SAMPLES_A_DIMENSION * dimensions;
    }

    /** The distance of two samples. */
    public static double between(float[][] real, float[][] generated) {
        Gaussian one = Gaussian.of(real);
        Gaussian other = Gaussian.of(generated);
        RealMatrix root = root(one.covariance);
        RealMatrix product = root.multiply(other.covariance).multiply(root);
        double traceOfRoot = Arrays.stream(new EigenDecomposition(symmetric(product)).getRealEigenvalues())
                .map(value -> Math.sqrt(Math.max(0, value)))
                .sum();
        double means = one.mean.subtract(other.mean).getNorm();
        return means * means + one.covariance.getTrace() + other.covariance.getTrace() - 2 * traceOfRoot;
    }

    /**
     * The distance with its interval, which holds what is to be expected at this size.
     *
     * @param real vectors of the real images
     * @param placed of the images in their place
     */
    public static Estimate of(float[][] real, float[][] placed, Comparison comparison, long seed) {
        int groups = real[0].length > WIDE ? GROUPS_OF_WIDE : GROUPS;
        Jackknife jackknife = Jackknife.over(comparison.units(), groups, seed);
        return jackknife
                .corrected(kept -> new double[] {
                    comparison.mean(
                            jackknife, kept, (reals, others) -> between(rows(real, reals), rows(placed, others)))
                })
                .interval();
    }

    private static float[][] rows(float[][] all, int[] positions) {
        return Arrays.stream(positions).mapToObj(i -> all[i]).toArray(float[][]::new);
    }

    private record Gaussian(RealVector mean, RealMatrix covariance) {
        static Gaussian of(float[][] rows) {
            double[][] values = new double[rows.length][rows[0].length];
            double[] mean = new double[rows[0].length];
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < mean.length; j++) {
                    values[i][j] = rows[i][j];
                    mean[j] += rows[i][j] / (double) rows.length;
                }
            }
            RealMatrix covariance = new Covariance(new Array2DRowRealMatrix(values, false)).getCovarianceMatrix();
            return new Gaussian(new ArrayRealVector(mean, false), covariance);
        }
    }

    private static RealMatrix root(RealMatrix covariance) {
        EigenDecomposition eigen = new EigenDecomposition(symmetric(covariance));
        double[] roots = Arrays.stream(eigen.getRealEigenvalues())
                .map(value -> Math.sqrt(Math.max(0, value)))
                .toArray();
        return eigen.getV()
                .multiply(MatrixUtils.createRealDiagonalMatrix(roots))
                .multiply(eigen.getVT());
    }

    /** Rounding leaves a product of symmetric matrices a little short of symmetric, which the solver refuses. */
    private static RealMatrix symmetric(RealMatrix matrix) {
        return matrix.add(matrix.transpose()).scalarMultiply(0.5);
    }
}
