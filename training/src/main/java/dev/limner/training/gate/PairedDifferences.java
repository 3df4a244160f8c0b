package dev.limner.training.gate;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Differences of pairs, one per caption or one per draw: of either kind the values are independent of each other (Student 1908).
 *
 * @param mean of them
 * @param error its standard error
 * @param size how many
 */
record PairedDifferences(double mean, double error, int size) {
    /** Slow to find, and few: sizes are those of plans, levels those of {@link HolmCorrection} and {@link ErrorBudget}. */
    private static final Map<Quantile, Double> QUANTILES = new ConcurrentHashMap<>();

    private record Quantile(int size, double level) {}

    static PairedDifferences of(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        int size = values.length;
        return new PairedDifferences(mean, size < 2 ? 0 : Math.sqrt(squares / (size - 1) / size), size);
    }

    /** The same with the sign turned. */
    PairedDifferences turned() {
        return new PairedDifferences(-mean, error, size);
    }

    /** The chance of a mean so far above 0, or further, if it is 0 in truth. */
    double chance() {
        if (error == 0) {
            // All alike: as likely as that many coins that fall the same way.
            return mean > 0 ? Math.pow(0.5, size) : 1;
        }
        return students().cumulativeProbability(-mean / error);
    }

    /** The mean from which on the chance is below a level. */
    double notable(double level) {
        return error == 0 || level >= 1
                ? 0
                : error
                        * QUANTILES.computeIfAbsent(
                                new Quantile(size, level), any -> -students().inverseCumulativeProbability(level));
    }

    private TDistribution students() {
        // No random number is drawn from it.
        return new TDistribution(null, size - 1.0);
    }
}
