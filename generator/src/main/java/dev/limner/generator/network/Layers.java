package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import org.jspecify.annotations.Nullable;

/**
 * The functions both networks are made of. All of them are linear in their input except {@link #leakyRelu}, which is
 * what makes the exact R1 penalty by a forward tangent pass possible.
 *
 * <p>Images are (batch, channels, height, width), float32. A result belongs to the manager of the first argument.
 */
public final class Layers {
    /** Slope of the leaky rectifier below zero. */
    public static final float SLOPE = 0.2f;

    private static final int NEAREST = 0;
    /** Taps of the smoothing filter along an axis. */
    private static final int TAPS = 3;
    /** Sum of the taps' weights 1 2 1, 2 4 2, 1 2 1. */
    private static final float WEIGHT = 16;

    private Layers() {}

    /** A convolution with stride 1 that keeps height and width; {@code kernel} is (out, in, k, k) with odd k. */
    public static NDArray conv(NDArray input, NDArray kernel, @Nullable NDArray bias) {
        return ConvolutionSupport.on(input.getDevice())
                .apply(input, kernel, bias, kernel.getShape().get(2) / 2);
    }

    /** A convolution without padding: (n, in, k, k) with a (out, in, k, k) kernel becomes (n, out, 1, 1). */
    public static NDArray convValid(NDArray input, NDArray kernel, @Nullable NDArray bias) {
        return ConvolutionSupport.on(input.getDevice()).apply(input, kernel, bias, 0);
    }

    /** (n, in) by (out, in): (n, out). */
    public static NDArray linear(NDArray input, NDArray weight, @Nullable NDArray bias) {
        return Linear.linear(input, weight, bias).head();
    }

    public static NDArray leakyRelu(NDArray input) {
        return input.getNDArrayInternal().leakyRelu(SLOPE);
    }

    /**
     * The input times a constant. {@link NDArray#mul(Number)} and its kin give the constant back as soon as the product is
     * there; the recorded computation keeps only the address, and a backward pass after the next garbage collection
     * multiplies by whatever has moved in. Here the constant lives as long as its manager.
     */
    public static NDArray scale(NDArray input, double factor) {
        return input.mul(input.getManager().create((float) factor));
    }

    /** Twice the height and width, each pixel repeated. */
    public static NDArray upsample(NDArray input) {
        Shape shape = input.getShape();
        return input.getNDArrayInternal()
                .interpolation(new long[] {shape.get(2) * 2, shape.get(3) * 2}, NEAREST, false);
    }

    /** Half the height and width, the mean of each 2x2 square. */
    public static NDArray halve(NDArray input) {
        Shape two = new Shape(2, 2);
        return input.getNDArrayInternal().avgPool(two, two, new Shape(0, 0), false, true);
    }

    /** (n, 4c, h, w) to (n, c, 2h, 2w): sub-pixel convolution's rearrangement (Shi et al. 2016). */
    public static NDArray pixelShuffle(NDArray input) {
        Shape shape = input.getShape();
        long channels = shape.get(1) / 4;
        long height = shape.get(2);
        long width = shape.get(3);
        return input.reshape(shape.get(0), channels, 2, 2, height, width)
                .transpose(0, 1, 4, 2, 5, 3)
                .reshape(shape.get(0), channels, 2 * height, 2 * width);
    }

    /** The inverse of {@link #pixelShuffle}: (n, c, 2h, 2w) to (n, 4c, h, w). */
    public static NDArray pixelUnshuffle(NDArray input) {
        Shape shape = input.getShape();
        long height = shape.get(2) / 2;
        long width = shape.get(3) / 2;
        return input.reshape(shape.get(0), shape.get(1), height, 2, width, 2)
                .transpose(0, 1, 3, 5, 2, 4)
                .reshape(shape.get(0), shape.get(1) * 4, height, width);
    }

    /**
     * The binomial filter (1 2 1) along both axes. It is zero at the highest frequency, which is that of a pattern of one
     * pixel on, one off, and leaves what is smooth as it was. At the border the pixels that are there count.
     *
     * <p>Nine shifted images are added, row by row. Doubling is exact, so the order of the sums alone decides the bytes:
     * it is the one a direct convolution has.
     */
    public static NDArray smooth(NDArray input) {
        Shape shape = input.getShape();
        long height = shape.get(2);
        long width = shape.get(3);
        NDManager outer = input.getManager();
        try (NDManager scratch = outer.newSubManager()) {
            scratch.tempAttachAll(input);
            NDArray once = input.pad(new Shape(1, 1, 1, 1), 0);
            NDArray twice = once.add(once);
            NDArray[] outside = {once, twice, once};
            NDArray[] middle = {twice, twice.add(twice), twice};
            NDArray sum = shifted(outside[0], 0, 0, height, width);
            for (int tap = 1; tap < TAPS * TAPS; tap++) {
                int down = tap / TAPS;
                int right = tap % TAPS;
                NDArray[] row = down == 1 ? middle : outside;
                sum = sum.add(shifted(row[right], down, right, height, width));
            }
            // Lives as long as the input: the recorded computation keeps only its address.
            NDArray gain = outer.create(borderGain((int) height, (int) width), new Shape(1, 1, height, width));
            NDArray smoothed = sum.mul(gain);
            smoothed.attach(outer);
            return smoothed;
        }
    }

    private static NDArray shifted(NDArray padded, long down, long right, long height, long width) {
        return padded.get(":, :, {}:{}, {}:{}", down, down + height, right, right + width);
    }

    /** What makes the taps' sum one, also where the filter loses some to the zeros around the image. */
    private static float[] borderGain(int height, int width) {
        float[] gain = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                gain[y * width + x] = edge(y, height) * edge(x, width) / WEIGHT;
            }
        }
        return gain;
    }

    private static float edge(int at, int length) {
        return at == 0 || at == length - 1 ? 4f / 3 : 1f;
    }
}
