package dev.limner.generator.arithmetic;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a convolution on made-up numbers and holds some of what comes out against plain loops. Not while another gradient
 * is being recorded in this JVM; otherwise safe from any thread.
 */
public final class ConvolutionTrial {
    /** What of a convolution is looked at. */
    public enum Pass {
        FORWARD("output"),
        INPUT_GRADIENT("gradient to the input"),
        KERNEL_GRADIENT("gradient to the kernel"),
        BIAS_GRADIENT("gradient to the bias");

        private final String text;

        Pass(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /**
     * What was found of one pass.
     *
     * @param off the furthest that a value is from the right one; NaN if one is not a number
     * @param allowed how far that value may be
     */
    public record Finding(ConvolutionShape shape, Pass pass, double off, double allowed) {
        /** Whether it is off by more than rounding. */
        public boolean wrong() {
            return !(off <= allowed);
        }
    }

    private static final int SAMPLES = 64;
    /** A prime, so that planes of any usual size start in different places of the pattern. */
    private static final int PERIOD = 8191;
    /** Between the starts of two arguments in the pattern. */
    private static final int APART = 1009;

    private static final float[] PATTERN = pattern();
    /** From one sample to the next, in rows and in columns. */
    private static final int DOWN = 5;

    private static final int RIGHT = 3;
    /** Of the sum of the absolute products: 30 times what float32 was seen to lose, a hundredth of a dropped channel. */
    private static final double CPU_TOLERANCE = 1e-5;
    /** A GPU may round factors to the 11 bits of TF32; NVIDIA_TF32_OVERRIDE=0 forbids it. */
    private static final double GPU_TOLERANCE = 1e-3;

    private final RawConvolution convolution;
    private final Device device;

    public ConvolutionTrial(RawConvolution convolution, Device device) {
        this.convolution = convolution;
        this.device = device;
    }

    /** The convolution as it is, or with both channel counts padded. */
    public static ConvolutionTrial ofLibrary(boolean padded, Device device) {
        return new ConvolutionTrial(
                padded ? new PaddedConvolution(RawConvolution.LIBRARY) : RawConvolution.LIBRARY, device);
    }

    /**
     * Tries one shape.
     *
     * @param gradients whether the gradients are computed too
     * @return a finding for each pass
     */
    public List<Finding> run(ConvolutionShape shape, boolean gradients) {
        ConvolutionReference reference = reference(shape, gradients);
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            NDArray input =
                    manager.create(reference.input(), new Shape(shape.batch(), shape.in(), shape.side(), shape.side()));
            NDArray kernel = manager.create(
                    reference.kernel(), new Shape(shape.out(), shape.in(), shape.kernel(), shape.kernel()));
            NDArray bias = manager.create(reference.bias());
            if (!gradients) {
                NDArray output = convolution.apply(input, kernel, bias, shape.border());
                return List.of(compare(reference, Pass.FORWARD, output));
            }
            for (NDArray array : List.of(input, kernel, bias)) {
                array.setRequiresGradient(true);
            }
            NDArray alias;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray output = convolution.apply(input, kernel, bias, shape.border());
                NDArray slope = manager.create(reference.slope(), output.getShape());
                collector.backward(output.mul(slope).sum());
                alias = output.stopGradient();
            }
            return List.of(
                    compare(reference, Pass.FORWARD, alias),
                    compare(reference, Pass.INPUT_GRADIENT, input.getGradient()),
                    compare(reference, Pass.KERNEL_GRADIENT, kernel.getGradient()),
                    compare(reference, Pass.BIAS_GRADIENT, bias.getGradient()));
        }
    }

    /** Numbers of about one that do not line up with rows, planes or images. */
    private static ConvolutionReference reference(ConvolutionShape shape, boolean gradients) {
        int pixels = shape.side() * shape.side();
        int pixelsOut = shape.sideOut() * shape.sideOut();
        int taps = shape.kernel() * shape.kernel();
        return new ConvolutionReference(
                shape,
                numbers(0, shape.batch() * shape.in() * pixels),
                numbers(1, shape.out() * shape.in() * taps),
                numbers(2, shape.out()),
                numbers(3, gradients ? shape.batch() * shape.out() * pixelsOut : 0));
    }

    private static float[] numbers(int argument, int length) {
        float[] values = new float[length];
        int offset = argument * APART;
        for (int at = 0; at < length; offset = 0) {
            int count = Math.min(length - at, PATTERN.length - offset);
            System.arraycopy(PATTERN, offset, values, at, count);
            at += count;
        }
        return values;
    }

    private static float[] pattern() {
        SplittableRandom random = new SplittableRandom(1);
        float[] pattern = new float[PERIOD];
        for (int i = 0; i < PERIOD; i++) {
            pattern[i] = (float) random.nextDouble(-1, 1);
        }
        return pattern;
    }

    /** A value's place in its array, and what it has to be. */
    private record Sample(int at, ConvolutionReference.Value right) {}

    private Finding compare(ConvolutionReference reference, Pass pass, NDArray array) {
        List<Sample> samples = new ArrayList<>(SAMPLES);
        for (int i = 0; i < SAMPLES; i++) {
            samples.add(
                    switch (pass) {
                        case FORWARD -> output(reference, i);
                        case INPUT_GRADIENT -> inputGradient(reference, i);
                        case KERNEL_GRADIENT -> kernelGradient(reference, i);
                        case BIAS_GRADIENT -> biasGradient(reference, i);
                    });
        }
        NDManager manager = array.getManager();
        NDArray places = manager.create(samples.stream().mapToLong(Sample::at).toArray());
        float[] found = array.reshape(-1).take(manager, places).toFloatArray();
        double off = 0;
        double allowed = 1;
        for (int i = 0; i < SAMPLES && !Double.isNaN(off); i++) {
            ConvolutionReference.Value right = samples.get(i).right();
            double distance = Math.abs(right.sum() - found[i]);
            double most = (device.isGpu() ? GPU_TOLERANCE : CPU_TOLERANCE) * (1 + right.size());
            // What is not a number stays the worst.
            if (!(distance / most <= off / allowed)) {
                off = distance;
                allowed = most;
            }
        }
        return new Finding(reference.shape(), pass, off, allowed);
    }

    private static Sample output(ConvolutionReference reference, int i) {
        ConvolutionShape shape = reference.shape();
        int side = shape.sideOut();
        int image = i % shape.batch();
        int channel = spread(i, shape.out());
        int y = i * DOWN % side;
        int x = i * RIGHT % side;
        return new Sample(
                ConvolutionReference.at(image, shape.out(), channel, side, y, x),
                reference.output(image, channel, y, x));
    }

    private static Sample inputGradient(ConvolutionReference reference, int i) {
        ConvolutionShape shape = reference.shape();
        int side = shape.side();
        int image = i % shape.batch();
        int channel = spread(i, shape.in());
        int y = i * DOWN % side;
        int x = i * RIGHT % side;
        return new Sample(
                ConvolutionReference.at(image, shape.in(), channel, side, y, x),
                reference.inputGradient(image, channel, y, x));
    }

    private static Sample kernelGradient(ConvolutionReference reference, int i) {
        ConvolutionShape shape = reference.shape();
        int to = spread(i, shape.out());
        int from = spread(SAMPLES - 1 - i, shape.in());
        int ky = i % shape.kernel();
        int kx = i / shape.kernel() % shape.kernel();
        return new Sample(reference.weight(to, from, ky, kx), reference.kernelGradient(to, from, ky, kx));
    }

    private static Sample biasGradient(ConvolutionReference reference, int i) {
        int to = spread(i, reference.shape().out());
        return new Sample(to, reference.biasGradient(to));
    }

    /** The i-th of the samples' places from 0 to count - 1, both included. */
    private static int spread(int i, int count) {
        return count <= SAMPLES ? i % count : (int) ((long) i * (count - 1) / (SAMPLES - 1));
    }
}
