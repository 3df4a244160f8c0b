package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Sums over vectors. */
public final class VectorMath {
    private VectorMath() {}

    /** The squared Euclidean distance. */
    public static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    /** The scalar product. */
    public static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** Squared distances of every row of one to every row of the other, on all cores. */
    static double[][] squaredDistances(float[][] rows, float[][] columns) {
        return Arrays.stream(rows)
                .parallel()
                .map(row -> Arrays.stream(columns)
                        .mapToDouble(column -> squaredDistance(row, column))
                        .toArray())
                .toArray(double[][]::new);
    }

    /** {@code count} different positions of {@code size}, at random. */
    public static int[] sample(int size, int count, SplittableRandom random) {
        int[] positions = IntStream.range(0, size).toArray();
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(size - i);
            int kept = positions[i];
            positions[i] = positions[other];
            positions[other] = kept;
        }
        return Arrays.copyOf(positions, count);
    }
}
