package dev.limner.training.gate;

import dev.limner.training.evaluate.MetricValue.Metric;
import java.util.Arrays;
import java.util.Map;

/**
 * How a model's draws of the plan were scored.
 *
 * @param figures of each metric one per draw; draws of equal number have the same noise, whoever draws
 * @param hits of each class of things, one row per draw: which captions were met, in the same order for everybody
 */
record ModelScores(Map<Metric, double[]> figures, Map<Integer, double[][]> hits) {
    double mean(Metric metric) {
        return Arrays.stream(of(metric)).average().orElse(Double.NaN);
    }

    double[] of(Metric metric) {
        return figures.getOrDefault(metric, new double[0]);
    }

    /** How often each caption of a class was met. */
    double[] byCaption(int key) {
        double[][] draws = hits.getOrDefault(key, new double[0][]);
        double[] means = new double[draws.length == 0 ? 0 : draws[0].length];
        for (double[] generate : draws) {
            for (int i = 0; i < means.length; i++) {
                means[i] += generate[i] / draws.length;
            }
        }
        return means;
    }
}
