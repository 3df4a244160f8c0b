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
    private static final int PATTERN = 8191;
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
        ConvolutionReference reference = reference(shape);
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            NDArray input =
                    manager.create(reference.input(), new Shape(shape.batch(), shape.in(), shape.side(), shape.side()));
            NDArray kernel = manager.create(
                    reference.kernel(), new Shape(shape.out(), shape.in(), shape.kernel(), shape.kernel()));
            NDArray bias = manager.create(reference.bias());
            List<Finding> findings = new ArrayList<>();
            if (!gradients) {
                float[] output =
                        convolution.apply(input, kernel, bias, shape.border()).toFloatArray();
                findings.add(output(reference, output));
                return findings;
            }
            for (NDArray array : List.of(input, kernel, bias)) {
                array.setRequiresGradient(true);
            }
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray output = convolution.apply(input, kernel, bias, shape.border());
                NDArray slope = manager.create(reference.slope(), output.getShape());
                collector.backward(output.mul(slope).sum());
                findings.add(output(reference, output.stopGradient().toFloatArray()));
            }
            findings.add(inputGradient(reference, input.getGradient().toFloatArray()));
            findings.add(kernelGradient(reference, kernel.getGradient().toFloatArray()));
            findings.add(biasGradient(reference, bias.getGradient().toFloatArray()));
            return findings;
        }
    }

    /** Numbers of about one, without a pattern that lines up with rows, planes or pictures. */
    private static ConvolutionReference reference(ConvolutionShape shape) {
        SplittableRandom random = new SplittableRandom(shape.hashCode());
        float[] pattern = new float[PATTERN];
        for (int i = 0; i < PATTERN; i++) {
            pattern[i] = (float) random.nextDouble(-1, 1);
        }
        int pixels = shape.side() * shape.side();
        int pixelsOut = shape.sideOut() * shape.sideOut();
        int taps = shape.kernel() * shape.kernel();
        return new ConvolutionReference(
                shape,
                repeat(pattern, 0, shape.batch() * shape.in() * pixels),
                repeat(pattern, 1, shape.out() * shape.in() * taps),
                repeat(pattern, 2, shape.out()),
                repeat(pattern, 3, shape.batch() * shape.out() * pixelsOut));
    }

    private static float[] repeat(float[] pattern, int start, int length) {
        float[] values = new float[length];
        int offset = start * 1009;
        for (int at = 0; at < length; offset = 0) {
            int count = Math.min(length - at, PATTERN - offset);
            System.arraycopy(pattern, offset, values, at, count);
            at += count;
        }
        return values;
    }

    private Finding output(ConvolutionReference reference, float[] found) {
        ConvolutionShape shape = reference.shape();
        Worst worst = new Worst(shape, Pass.FORWARD);
        int side = shape.sideOut();
        for (int i = 0; i < SAMPLES; i++) {
            int picture = i % shape.batch();
            int channel = spread(i, shape.out());
            int y = i * 5 % side;
            int x = i * 3 % side;
            worst.see(
                    reference.output(picture, channel, y, x),
                    found[ConvolutionReference.at(picture, shape.out(), channel, side, y, x)]);
        }
        return worst.finding();
    }

    private Finding inputGradient(ConvolutionReference reference, float[] found) {
        ConvolutionShape shape = reference.shape();
        Worst worst = new Worst(shape, Pass.INPUT_GRADIENT);
        int side = shape.side();
        for (int i = 0; i < SAMPLES; i++) {
            int picture = i % shape.batch();
            int channel = spread(i, shape.in());
            int y = i * 5 % side;
            int x = i * 3 % side;
            worst.see(
                    reference.inputGradient(picture, channel, y, x),
                    found[ConvolutionReference.at(picture, shape.in(), channel, side, y, x)]);
        }
        return worst.finding();
    }

    private Finding kernelGradient(ConvolutionReference reference, float[] found) {
        ConvolutionShape shape = reference.shape();
        Worst worst = new Worst(shape, Pass.KERNEL_GRADIENT);
        for (int i = 0; i < SAMPLES; i++) {
            int to = spread(i, shape.out());
            int from = spread(SAMPLES - 1 - i, shape.in());
            int ky = i % shape.kernel();
            int kx = i / shape.kernel() % shape.kernel();
            worst.see(reference.kernelGradient(to, from, ky, kx), found[reference.weight(to, from, ky, kx)]);
        }
        return worst.finding();
    }

    private Finding biasGradient(ConvolutionReference reference, float[] found) {
        Worst worst = new Worst(reference.shape(), Pass.BIAS_GRADIENT);
        for (int i = 0; i < SAMPLES; i++) {
            int to = spread(i, reference.shape().out());
            worst.see(reference.biasGradient(to), found[to]);
        }
        return worst.finding();
    }

    /** The i-th of the samples' places from 0 to count - 1, both included. */
    private static int spread(int i, int count) {
        return count <= SAMPLES ? i % count : (int) ((long) i * (count - 1) / (SAMPLES - 1));
    }

    /** The value that is furthest beyond what is allowed of it. */
    private final class Worst {
        private final ConvolutionShape shape;
        private final Pass pass;
        private double off;
        private double allowed = 1;

        Worst(ConvolutionShape shape, Pass pass) {
            this.shape = shape;
            this.pass = pass;
        }

        void see(ConvolutionReference.Value right, float found) {
            double distance = Math.abs(right.sum() - found);
            double most = (device.isGpu() ? GPU_TOLERANCE : CPU_TOLERANCE) * (1 + right.size());
            // What is not a number stays the worst.
            if (!Double.isNaN(off) && !(distance / most <= off / allowed)) {
                off = distance;
                allowed = most;
            }
        }

        Finding finding() {
            return new Finding(shape, pass, off, allowed);
        }
    }
}
