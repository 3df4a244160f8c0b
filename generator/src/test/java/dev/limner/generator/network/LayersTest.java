package dev.limner.generator.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.testing.Gradients;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final int SIDE = 8;
    private static final int[] CHANNELS = {1, 12, 16, 17, 32};

    @Test
    void shouldSmoothAwayAPatternOfOnePixelAndLeaveAFlatImageAlone() {
        float[] pattern = new float[2 * SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                pattern[y * SIDE + x] = 0.7f;
                pattern[(SIDE + y) * SIDE + x] = x % 2 == 0 ? 1 : -1;
            }
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray smoothed = Layers.smooth(manager.create(pattern, new Shape(1, 2, SIDE, SIDE)));

            assertThat(smoothed.getShape()).isEqualTo(new Shape(1, 2, SIDE, SIDE));
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    assertThat(smoothed.getFloat(0, 0, y, x)).isBetween(0.6999f, 0.7001f);
                    if (x > 0 && x < SIDE - 1) {
                        assertThat(smoothed.getFloat(0, 1, y, x)).isBetween(-1e-5f, 1e-5f);
                    }
                }
            }
        }
    }

    @Test
    void shouldKeepAConstantUntilTheBackwardPass() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray input = manager.ones(new Shape(3));
            input.setRequiresGradient(true);
            List<ByteBuffer> others = new ArrayList<>();
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray product = Layers.scale(input, 3).sum();
                for (int round = 0; round < 20; round++) {
                    System.gc();
                    for (int i = 0; i < 500; i++) {
                        others.add(ByteBuffer.allocateDirect(4).putFloat(0, 1e9f));
                    }
                }
                collector.backward(product);
            }

            assertThat(others).hasSize(10_000);
            assertThat(input.getGradient().toFloatArray()).containsOnly(3f);
        }
    }

    @Test
    void shouldUndoAPixelShuffle() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray image = manager.arange(2 * 3 * 4 * 4f).reshape(2, 3, 4, 4);

            assertThat(Layers.pixelShuffle(Layers.pixelUnshuffle(image)).toFloatArray())
                    .containsExactly(image.toFloatArray());
        }
    }

    @Test
    void shouldConvolveLikePlainLoopsWhateverTheChannels() {
        Gradients.bothWays(() -> {
            for (int in : CHANNELS) {
                for (int out : CHANNELS) {
                    try (NDManager manager = manager()) {
                        NDArray input = Gradients.normal(manager, 1, 2, in, 5, 5);
                        NDArray kernel = Gradients.normal(manager, 2, out, in, 3, 3);
                        NDArray bias = Gradients.normal(manager, 3, out);

                        NDArray found = Layers.conv(input, kernel, bias);

                        assertThat(found.getShape()).isEqualTo(new Shape(2, out, 5, 5));
                        assertClose(found, loops(input, kernel, bias, 1, 5));
                        assertThat(Layers.conv(input, kernel, null).getManager())
                                .isSameAs(input.getManager());
                    }
                }
            }
        });
    }

    @Test
    void shouldConvolveWithoutABorderLikePlainLoops() {
        Gradients.bothWays(() -> {
            for (int in : CHANNELS) {
                try (NDManager manager = manager()) {
                    NDArray input = Gradients.normal(manager, 1, 3, in, 4, 4);
                    NDArray kernel = Gradients.normal(manager, 2, 18, in, 4, 4);
                    NDArray bias = Gradients.normal(manager, 3, 18);

                    assertClose(Layers.convValid(input, kernel, bias), loops(input, kernel, bias, 0, 4));
                }
            }
        });
    }

    @Test
    void shouldLeaveNothingBehindWhenChannelsArePadded() {
        try (NDManager weights = manager();
                NDManager batch = manager()) {
            NDArray kernel = Gradients.normal(weights, 2, 5, 3, 3, 3);
            NDArray bias = Gradients.normal(weights, 3, 5);
            NDArray input = Gradients.normal(batch, 1, 2, 3, 4, 4);
            int before = weights.getManagedArrays().size();

            ConvolutionSupport.on(Device.cpu()).with(true, () -> Layers.conv(input, kernel, bias));

            assertThat(weights.getManagedArrays()).hasSize(before);
            assertThat(batch.getManagedArrays()).hasSize(2);
        }
    }

    @Test
    void shouldHaveTheGradientsOfAConvolution() {
        Gradients.bothWays(() -> {
            for (int in : CHANNELS) {
                for (int out : CHANNELS) {
                    check(
                            arguments(
                                    "input",
                                    new long[] {2, in, 4, 4},
                                    "kernel",
                                    new long[] {out, in, 3, 3},
                                    "bias",
                                    new long[] {out}),
                            array -> Layers.conv(array.get("input"), array.get("kernel"), array.get("bias")));
                }
                check(
                        arguments("input", new long[] {2, in, 3, 3}, "kernel", new long[] {20, in, 1, 1}),
                        array -> Layers.conv(array.get("input"), array.get("kernel"), null));
                check(
                        arguments(
                                "input",
                                new long[] {2, in, 4, 4},
                                "kernel",
                                new long[] {18, in, 4, 4},
                                "bias",
                                new long[] {18}),
                        array -> Layers.convValid(array.get("input"), array.get("kernel"), array.get("bias")));
            }
        });
    }

    @Test
    void shouldHaveValueAndGradientsOfAMatrixProduct() {
        for (int in : CHANNELS) {
            check(
                    arguments("input", new long[] {3, in}, "weight", new long[] {18, in}, "bias", new long[] {18}),
                    array -> Layers.linear(array.get("input"), array.get("weight"), array.get("bias")));
            check(
                    arguments("input", new long[] {3, in}, "weight", new long[] {1, in}),
                    array -> Layers.linear(array.get("input"), array.get("weight"), null));
        }
        try (NDManager manager = manager()) {
            NDArray found = Layers.linear(
                    manager.create(new float[] {1, 2}, new Shape(1, 2)),
                    manager.create(new float[] {3, 5, 7, 11}, new Shape(2, 2)),
                    manager.create(new float[] {100, 200}));
            assertThat(found.toFloatArray()).containsExactly(113, 229);
        }
    }

    @Test
    void shouldHaveTheGradientsOfEveryOtherFunction() {
        for (int channels : new int[] {4, 12, 16, 20}) {
            Map<String, long[]> one = arguments("input", new long[] {2, channels, 4, 6});
            check(one, array -> Layers.leakyRelu(array.get("input")));
            check(one, array -> Layers.scale(array.get("input"), -1.75));
            check(one, array -> Layers.upsample(array.get("input")));
            check(one, array -> Layers.halve(array.get("input")));
            check(one, array -> Layers.pixelShuffle(array.get("input")));
            check(one, array -> Layers.pixelUnshuffle(array.get("input")));
            check(one, array -> Layers.smooth(array.get("input")));
        }
    }

    @Test
    void shouldComputeTheSimpleFunctionsLikePlainLoops() {
        try (NDManager manager = manager()) {
            NDArray input = Gradients.normal(manager, 1, 2, 8, 4, 6);
            float[] x = input.toFloatArray();

            float[] rectified = Layers.leakyRelu(input).toFloatArray();
            float[] scaled = Layers.scale(input, 0.3).toFloatArray();
            for (int i = 0; i < x.length; i++) {
                assertThat(rectified[i]).isEqualTo(x[i] > 0 ? x[i] : x[i] * Layers.SLOPE);
                assertThat(scaled[i]).isEqualTo(x[i] * 0.3f);
            }
            NDArray up = Layers.upsample(input);
            NDArray down = Layers.halve(input);
            NDArray shuffled = Layers.pixelShuffle(input);
            for (int y = 0; y < 8; y++) {
                for (int column = 0; column < 12; column++) {
                    assertThat(up.getFloat(1, 5, y, column)).isEqualTo(input.getFloat(1, 5, y / 2, column / 2));
                    assertThat(shuffled.getFloat(1, 1, y, column))
                            .isEqualTo(input.getFloat(1, 4 + 2 * (y % 2) + column % 2, y / 2, column / 2));
                }
            }
            float mean = (input.getFloat(0, 3, 2, 4)
                            + input.getFloat(0, 3, 2, 5)
                            + input.getFloat(0, 3, 3, 4)
                            + input.getFloat(0, 3, 3, 5))
                    / 4;
            assertThat(down.getFloat(0, 3, 1, 2)).isCloseTo(mean, within(1e-6f));
        }
    }

    /** Row by row in float32, so that the bytes are the same wherever they are computed. */
    @Test
    void shouldSmoothWithTheBytesOfALoopOverTheTaps() {
        int height = 5;
        int width = 7;
        float[] row = {1, 2, 1};
        try (NDManager manager = manager()) {
            NDArray input = Gradients.normal(manager, 4, 3, 3, height, width);
            float[] x = input.toFloatArray();
            float[] expected = new float[x.length];
            for (int plane = 0; plane < 9; plane++) {
                for (int i = 0; i < height * width; i++) {
                    float sum = 0;
                    for (int tap = 0; tap < 9; tap++) {
                        int y = i / width + tap / 3 - 1;
                        int column = i % width + tap % 3 - 1;
                        if (y >= 0 && y < height && column >= 0 && column < width) {
                            sum += row[tap / 3] * row[tap % 3] / 16 * x[plane * height * width + y * width + column];
                        }
                    }
                    boolean edgeY = i / width == 0 || i / width == height - 1;
                    boolean edgeX = i % width == 0 || i % width == width - 1;
                    expected[plane * height * width + i] = sum * ((edgeY ? 4f / 3 : 1f) * (edgeX ? 4f / 3 : 1f));
                }
            }

            assertThat(Layers.smooth(input).toFloatArray()).containsExactly(expected);
        }
    }

    private static void check(Map<String, long[]> shapes, Function<Map<String, NDArray>, NDArray> function) {
        try (NDManager manager = manager()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> arrays.put(name, Gradients.normal(manager, name.hashCode(), shape)));
            Gradients.check(manager, arrays, function);
        }
    }

    private static Map<String, long[]> arguments(Object... namesAndShapes) {
        Map<String, long[]> arguments = new LinkedHashMap<>();
        for (int i = 0; i < namesAndShapes.length; i += 2) {
            arguments.put((String) namesAndShapes[i], (long[]) namesAndShapes[i + 1]);
        }
        return arguments;
    }

    private static double[] loops(NDArray input, NDArray kernel, NDArray bias, int border, int side) {
        int in = (int) kernel.getShape().get(1);
        int out = (int) kernel.getShape().get(0);
        int taps = (int) kernel.getShape().get(2);
        int sideOut = side + 2 * border - taps + 1;
        int count = (int) input.getShape().get(0);
        float[] x = input.toFloatArray();
        float[] weights = kernel.toFloatArray();
        float[] offsets = bias.toFloatArray();
        double[] sums = new double[count * out * sideOut * sideOut];
        for (int at = 0; at < sums.length; at++) {
            int column = at % sideOut;
            int row = at / sideOut % sideOut;
            int to = at / sideOut / sideOut % out;
            int image = at / sideOut / sideOut / out;
            sums[at] = offsets[to];
            for (int tap = 0; tap < in * taps * taps; tap++) {
                int from = tap / taps / taps;
                int y = row + tap / taps % taps - border;
                int z = column + tap % taps - border;
                if (y >= 0 && y < side && z >= 0 && z < side) {
                    sums[at] += (double) x[((image * in + from) * side + y) * side + z]
                            * weights[to * in * taps * taps + tap];
                }
            }
        }
        return sums;
    }

    private static void assertClose(NDArray found, double[] expected) {
        Gradients.assertClose("value", found.toType(DataType.FLOAT64, true).toDoubleArray(), expected);
    }

    private static NDManager manager() {
        return NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }
}
