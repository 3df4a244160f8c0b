package dev.limner.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Holds float32 gradients against central differences of the same function in float64, for single values. */
final class Slopes {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 2e-3;
    private static final int VALUES = 24;

    private Slopes() {}

    /** Runs a check with channels as they are, where that is right on this machine, and padded. */
    static void bothWays(Runnable check) {
        ConvolutionSupport support = ConvolutionSupport.on(Device.cpu());
        support.require(List.of(), true);
        if (!support.pads()) {
            support.with(false, check);
        }
        support.with(true, check);
    }

    static NDArray normal(NDManager manager, long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, new Shape(shape));
    }

    /**
     * Checks value and gradients of the sum of what a function gives, with a weight for each number.
     *
     * @param arguments what it is differentiated by, float32
     */
    static void check(
            NDManager manager, Map<String, NDArray> arguments, Function<Map<String, NDArray>, NDArray> function) {
        Map<String, NDArray> wide = new LinkedHashMap<>();
        arguments.forEach((name, array) -> wide.put(name, array.stopGradient().toType(DataType.FLOAT64, true)));
        double[] right = doubles(function.apply(wide));
        double[] weights = new SplittableRandom(5).doubles(right.length, -1, 1).toArray();
        arguments.values().forEach(array -> array.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray value = function.apply(arguments);
            assertClose("value", doubles(value.stopGradient()), right);
            NDArray factors = manager.create(weights, value.getShape()).toType(DataType.FLOAT32, true);
            collector.backward(value.mul(factors).sum());
        }
        arguments.forEach((name, argument) -> {
            float[] gradient = argument.getGradient().toFloatArray();
            double[] values = wide.get(name).toDoubleArray();
            int samples = Math.min(VALUES, values.length);
            double[] found = new double[samples];
            double[] expected = new double[samples];
            for (int i = 0; i < samples; i++) {
                int at = samples < VALUES ? i : (int) ((long) i * (values.length - 1) / (VALUES - 1));
                double up = moved(wide, name, values, at, STEP, function, weights);
                double down = moved(wide, name, values, at, -STEP, function, weights);
                found[i] = gradient[at];
                expected[i] = (up - down) / (2 * STEP);
            }
            assertClose("gradient to " + name, found, expected);
        });
    }

    private static double moved(
            Map<String, NDArray> wide,
            String name,
            double[] values,
            int at,
            double step,
            Function<Map<String, NDArray>, NDArray> function,
            double[] weights) {
        NDArray argument = wide.get(name);
        try (NDManager scratch = argument.getManager().newSubManager()) {
            double[] other = values.clone();
            other[at] += step;
            Map<String, NDArray> arrays = new LinkedHashMap<>(wide);
            arrays.put(name, scratch.create(other, argument.getShape()));
            double[] result = doubles(function.apply(arrays));
            double sum = 0;
            for (int i = 0; i < result.length; i++) {
                sum += result[i] * weights[i];
            }
            return sum;
        }
    }

    static void assertClose(String what, double[] found, double[] expected) {
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

    static double[] doubles(NDArray array) {
        return array.toType(DataType.FLOAT64, true).toDoubleArray();
    }
}
