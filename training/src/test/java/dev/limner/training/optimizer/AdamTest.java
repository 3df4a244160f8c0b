package dev.limner.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Weights;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamTest {
    private static final float RATE = 0.1f;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private NDArray weight;
    private Optimizer adam;

    @BeforeEach
    void start() {
        weight = manager.create(new float[] {1, -2});
        weight.setRequiresGradient(true);
        adam = new Optimizer(manager, new Adam(0, 0.9), new Weights(Map.of("w", weight)));
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    @Test
    void shouldMoveEveryWeightByItsRateAgainstTheFirstGradient() {
        float norm = step(1, new float[] {3, -4});

        assertThat(norm).isEqualTo(5);
        assertThat(values()[0]).isCloseTo(1 - RATE, within());
        assertThat(values()[1]).isCloseTo(-2 + RATE, within());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e25f, 2e4f})
    void shouldNotMoveForAnAccidentAndGoOnAfterIt(float accident) {
        step(1, new float[] {3, -4});
        float[] before = values();

        float norm = step(2, new float[] {accident, 1});

        assertThat(norm <= Optimizer.LARGEST_NORM).isFalse();
        assertThat(values()).isEqualTo(before);

        assertThat(step(3, new float[] {3, -4})).isEqualTo(5);
        assertThat(values()[0]).isLessThan(before[0]);
        assertThat(values()[1]).isGreaterThan(before[1]);
        assertThat(Objects.requireNonNull(adam.memory().get("Adam2")).get("w").toFloatArray()[0])
                .isLessThan(100);
    }

    private float step(long update, float[] gradient) {
        try (NDManager temporary = manager.newSubManager()) {
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(weight.mul(temporary.create(gradient)).sum());
            }
            return adam.step(temporary, update, RATE);
        }
    }

    private float[] values() {
        try (NDArray plain = weight.stopGradient()) {
            return plain.toFloatArray();
        }
    }

    private static Offset<Float> within() {
        return Offset.offset(1e-5f);
    }
}
