package dev.limner.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Weights;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MovingAverageTest {
    @Test
    void shouldFollowWhatMovesTakeBuffersAsTheyAreAndLeaveTheRest() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray weight = manager.create(new float[] {1});
            NDArray kept = manager.create(new float[] {1});
            NDArray buffer = manager.create(new float[] {1});
            MovingAverage average = new MovingAverage(
                    manager,
                    new Weights(Map.of("w", weight, "kept", kept, "buffer", buffer)),
                    new Weights(Map.of("w", weight)),
                    new Weights(Map.of("buffer", buffer)),
                    0.999);
            weight.addi(1);
            kept.addi(1);
            buffer.addi(1);

            average.update(manager, 2);

            // Early on it keeps (1 + i) / (10 + i) of what it was.
            assertThat(average.weights().get("w").toFloatArray()[0]).isCloseTo(2 - 0.25f, within(1e-6f));
            assertThat(average.weights().get("kept").toFloatArray()[0]).isEqualTo(1);
            assertThat(average.weights().get("buffer").toFloatArray()[0]).isEqualTo(2);
        }
    }
}
