package dev.limner.generator.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final int SIDE = 8;

    @Test
    void shouldSmoothAwayAPatternOfOnePixelAndLeaveAFlatPictureAlone() {
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
            NDArray picture = manager.arange(2 * 3 * 4 * 4f).reshape(2, 3, 4, 4);

            assertThat(Layers.pixelShuffle(Layers.pixelUnshuffle(picture)).toFloatArray())
                    .containsExactly(picture.toFloatArray());
        }
    }
}
