package dev.limner.generator.arithmetic;

import java.util.List;

/**
 * What a convolution is called with.
 *
 * @param batch images at once
 * @param in channels of the input
 * @param out channels of the output
 * @param kernel height and width of the kernel
 * @param side height and width of the input
 * @param keepsSide whether the output is as large as the input; if not there is no border
 */
public record ConvolutionShape(int batch, int in, int out, int kernel, int side, boolean keepsSide) {
    /**
     * Counts that are and are not multiples of 16, small: those that came out wrong on a processor, and their
     * neighbours. They tell of a fault that the shapes in use may happen not to meet.
     */
    public static final List<ConvolutionShape> AWKWARD = List.of(
            keeping(4, 20, 16, 3, 16),
            keeping(4, 17, 32, 3, 16),
            keeping(4, 32, 12, 3, 16),
            keeping(4, 12, 32, 3, 16),
            keeping(4, 32, 3, 3, 16),
            keeping(4, 16, 20, 1, 8),
            keeping(4, 8, 8, 3, 8),
            keeping(4, 1, 1, 3, 16),
            keeping(4, 16, 16, 3, 16));

    public ConvolutionShape {
        if (batch < 1 || in < 1 || out < 1 || kernel < 1 || side < 1) {
            throw new IllegalArgumentException("a convolution of batch " + batch + ", " + in + " -> " + out
                    + " channels, kernel " + kernel + ", side " + side + ": all must be at least 1");
        }
        if (keepsSide ? kernel % 2 == 0 : kernel > side) {
            throw new IllegalArgumentException(
                    "a kernel of " + kernel + " does not fit a side of " + side + (keepsSide ? " that is kept" : ""));
        }
    }

    /** One that keeps height and width. */
    public static ConvolutionShape keeping(int batch, int in, int out, int kernel, int side) {
        return new ConvolutionShape(batch, in, out, kernel, side, true);
    }

    /** Zeros on each side. */
    int border() {
        return keepsSide ? kernel / 2 : 0;
    }

    int sideOut() {
        return side + 2 * border() - kernel + 1;
    }

    @Override
    public String toString() {
        return in + " -> " + out + ", " + kernel + "x" + kernel + ", " + side + "x" + side + " pixels, batch " + batch;
    }
}
