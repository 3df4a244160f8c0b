package dev.limner.training.evaluate.metric;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * A figure and how much it would vary with other images of the same kind.
 *
 * @param value the figure
 * @param variance its estimated variance
 * @param freedom the degrees of freedom of that estimate
 */
public record Variation(double value, double variance, int freedom) {
    private static final double UPPER_95 = 0.975;

    private double quantile() {
        return new TDistribution(null, Math.max(1, freedom)).inverseCumulativeProbability(UPPER_95);
    }

    /** Student's interval. */
    public Estimate interval() {
        double margin = quantile() * Math.sqrt(variance);
        return new Estimate(value, value - margin, value + margin);
    }

    /**
     * The interval of a share, which ends at 0 and 1 (Wilson 1927, for as many independent cases as would vary as much,
     * Korn and Graubard 1998). Where nothing varied because all cases or none are met, they count as independent.
     *
     * @param cases how many there are
     * @param most how many independent ones they may be worth
     */
    public Estimate share(int cases, int most) {
        double spread = value * (1 - value);
        double worth = variance > 0 && spread > 0 ? Math.min(most, spread / variance) : cases;
        double squared = quantile() * quantile() / Math.max(1, worth);
        double centre = (value + squared / 2) / (1 + squared);
        double margin = Math.sqrt(squared * (spread + squared / 4)) / (1 + squared);
        return new Estimate(
                value, Math.max(0, Math.min(value, centre - margin)), Math.max(value, Math.min(1, centre + margin)));
    }
}
