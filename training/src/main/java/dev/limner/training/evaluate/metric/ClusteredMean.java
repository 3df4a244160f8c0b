package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The mean of one value per position, where the values of one unit are not independent (Liang and Zeger 1986). */
public final class ClusteredMean {
    private ClusteredMean() {}

    /** @param values one per position of the units */
    public static Variation of(double[] values, SampleUnits units) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        Map<Integer, Double> sums = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            sums.merge(units.unitOf()[i], values[i] - mean, Double::sum);
        }
        double squares = sums.values().stream().mapToDouble(sum -> sum * sum).sum();
        int count = sums.size();
        double variance = count < 2 ? Double.NaN : squares * count / (count - 1.0) / values.length / values.length;
        return new Variation(mean, variance, count - 1);
    }
}
