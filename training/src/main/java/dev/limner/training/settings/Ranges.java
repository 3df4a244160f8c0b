package dev.limner.training.settings;

/** Numbers that must lie somewhere, and what is said if they do not. */
public final class Ranges {
    private Ranges() {}

    /** @throws IllegalArgumentException naming key, value and limits; NaN lies nowhere */
    public static void between(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    key + " is " + text(value) + ", must be from " + text(least) + " to " + text(most));
        }
    }

    /** A whole number as people write it. */
    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
