package dev.limner.generator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Holds a function's float32 gradients against central differences of the same function in float64, where libtorch uses
 * other kernels than oneDNN's, for single values of each argument. One that is missing or dropped is off by its whole
 * size, a thousand times what is allowed.
 *
 * <p>The trainer's tests are compiled with this package as well.
 */
public final class Gradients {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 2e-3;
    private static final int VALUES = 24;

    private Gradients() {}

    /** Runs a check with channels as they are, where that is right on this machine, and padded. */
    public static void bothWays(Runnable check) {
        ConvolutionSupport support = ConvolutionSupport.on(Device.cpu());
        support.require(List.of(), true);
        if (!support.pads()) {
            support.with(false, check);
        }
        support.with(true, check);
    }

    /** An argument of normal numbers from a seed. */
    public static NDArray normal(NDManager manager, long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(shape));
    }

    /**
     * Checks value and gradients.
     *
     * @param arguments what the function is differentiated by, float32
     * @param function of the arguments, of any element type
     */
    public static void check(
            NDManager manager, Map<String, NDArray> arguments, Function<Map<String, NDArray>, NDArray> function) {
        Map<String, NDArray> wide = new LinkedHashMap<>();
        arguments.forEach((name, array) -> wide.put(name, array.stopGradient().toType(DataType.FLOAT64, true)));
        double[] right = doubles(function.apply(wide));
        double[] slope = new SplittableRandom(5).doubles(right.length, -1, 1).toArray();
        arguments.values().forEach(array -> array.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray value = function.apply(arguments);
            NDArray weights = manager.create(slope, value.getShape()).toType(DataType.FLOAT32, true);
            collector.backward(value.mul(weights).sum());
            assertClose("value", doubles(value.stopGradient()), right);
        }
        for (String name : arguments.keySet()) {
            assertGradient(name, arguments.get(name), wide, function, slope);
        }
    }

    private static void assertGradient(
            String name,
            NDArray argument,
            Map<String, NDArray> wide,
            Function<Map<String, NDArray>, NDArray> function,
            double[] slope) {
        float[] gradient = argument.getGradient().toFloatArray();
        double[] values = wide.get(name).toDoubleArray();
        Shape shape = argument.getShape();
        List<Double> found = new ArrayList<>();
        List<Double> expected = new ArrayList<>();
        for (int sample = 0; sample < Math.min(VALUES, values.length); sample++) {
            // From the first to the last, so that the last channels are among them.
            int at = values.length <= VALUES ? sample : (int) ((long) sample * (values.length - 1) / (VALUES - 1));
            double[] moved = values.clone();
            moved[at] = values[at] + STEP;
            double up = dot(apply(wide, name, moved, shape, function), slope);
            moved[at] = values[at] - STEP;
            double down = dot(apply(wide, name, moved, shape, function), slope);
            found.add((double) gradient[at]);
            expected.add((up - down) / (2 * STEP));
        }
        assertClose("gradient to " + name, array(found), array(expected));
    }

    private static double[] apply(
            Map<String, NDArray> wide,
            String name,
            double[] values,
            Shape shape,
            Function<Map<String, NDArray>, NDArray> function) {
        Map<String, NDArray> moved = new LinkedHashMap<>(wide);
        try (NDManager scratch = wide.get(name).getManager().newSubManager()) {
            moved.put(name, scratch.create(values, shape));
            return doubles(function.apply(moved));
        }
    }

    /** Holds figures against each other, in units of what is usual among them. */
    public static void assertClose(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double squares = 0;
        for (double value : expected) {
            squares += value * value;
        }
        // In units of a typical value: small ones are sums that cancel.
        double allowed = TOLERANCE * Math.sqrt(squares / Math.max(1, expected.length)) + 1e-7;
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]))
                    .as("%s at %s: %s, should be %s", what, i, found[i], expected[i])
                    .isLessThanOrEqualTo(allowed);
        }
    }

    /** As float64. */
    public static double[] doubles(NDArray array) {
        return array.toType(DataType.FLOAT64, true).toDoubleArray();
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
