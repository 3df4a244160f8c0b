package dev.limner.training.evaluate.metric;

import java.util.Locale;

/**
 * A figure and how sure it is.
 *
 * @param low lower end of a 95 % interval
 * @param high its upper end
 */
public record Estimate(double value, double low, double high) {
    /** A figure without chance in it. */
    public static Estimate exact(double value) {
        return new Estimate(value, value, value);
    }

    /** For people: the figure and its interval. */
    public String text() {
        return String.format(Locale.ROOT, "%.4f (%.4f to %.4f)", value, low, high);
    }

    /** The same in another unit. */
    public Estimate times(double factor) {
        return new Estimate(value * factor, low * factor, high * factor);
    }
}
