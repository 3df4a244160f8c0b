package dev.limner.generator.network;

/**
 * What a generator makes of the inputs of one image.
 *
 * @param side height and width in pixels
 * @param channels 3 for red, green and blue, 1 for grey
 * @param frames 1 for a still image
 */
public record ModelOutput(int side, int channels, int frames) {
    private static final int LARGEST_SIDE = 4096;
    private static final int MOST_FRAMES = 256;

    public ModelOutput {
        Ranges.between("output.side", side, 1, LARGEST_SIDE);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("output.channels is " + channels + ", must be 1 or 3");
        }
        Ranges.between("output.frames", frames, 1, MOST_FRAMES);
    }

    /** A still image in colour. */
    public static ModelOutput image(int side) {
        return new ModelOutput(side, 3, 1);
    }
}
