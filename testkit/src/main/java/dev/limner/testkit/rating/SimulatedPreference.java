package dev.limner.testkit.rating;

import dev.limner.generator.image.Pixels;

/** What a simulated rater prefers; a number that grows with it. The background, near white, does not count. */
public enum SimulatedPreference {
    /** Red over blue. */
    WARM {
        @Override
        double of(int red, int green, int blue) {
            return red - blue;
        }
    },
    /** Dark over light. */
    DARK {
        @Override
        double of(int red, int green, int blue) {
            return -(red + green + blue) / 3.0;
        }
    },
    /** Bright colours over grey ones. */
    VIVID {
        @Override
        double of(int red, int green, int blue) {
            return Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
        }
    };

    private static final int BACKGROUND = 238;

    abstract double of(int red, int green, int blue);

    /** The mean over the foreground; 0 for an empty image. */
    public double of(Pixels image) {
        double sum = 0;
        int counted = 0;
        byte[] rgb = image.rgb();
        for (int at = 0; at < rgb.length; at += 3) {
            int red = rgb[at] & 0xFF;
            int green = rgb[at + 1] & 0xFF;
            int blue = rgb[at + 2] & 0xFF;
            if (Math.min(red, Math.min(green, blue)) <= BACKGROUND) {
                sum += of(red, green, blue);
                counted++;
            }
        }
        return counted == 0 ? 0 : sum / counted;
    }
}
