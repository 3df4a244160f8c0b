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
    private static final int RESAMPLES = 20;

    private FrechetDistance() {}

    /** The least sample that gives a figure worth printing. */
    public static int leastSample(int dimensions) {
        return SAMPLES_A_DIMENSION * dimensions;
    }

    /** The distance between two samples of at least {@link #leastSample} vectors; the generated ones are resampled. */
    public static Estimate of(float[][] real, float[][] generated, long seed) {
        Gaussian fixed = Gaussian.of(real);
        RealMatrix root = root(fixed.covariance);
        return Bootstrap.centred(generated.length, RESAMPLES, seed, indices -> {
            Gaussian other = Gaussian.of(
                    Arrays.stream(indices).mapToObj(i -> generated[i]).toArray(float[][]::new));
            RealMatrix product = root.multiply(other.covariance).multiply(root);
            double traceOfRoot = Arrays.stream(new EigenDecomposition(symmetric(product)).getRealEigenvalues())
                    .map(value -> Math.sqrt(Math.max(0, value)))
                    .sum();
            double means = fixed.mean.subtract(other.mean).getNorm();
            return means * means + fixed.covariance.getTrace() + other.covariance.getTrace() - 2 * traceOfRoot;
        });
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
