package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LazyScoresTest {
    @Test
    void shouldComputeEachKindOnceAndOnlyWhenItIsAskedFor() {
        List<String> computed = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            LazyScores scores = new LazyScores(
                    counted(computed, "real", manager),
                    counted(computed, "generated", manager),
                    counted(computed, "mismatched", manager),
                    counted(computed, "weights", manager));
            assertThat(computed).isEmpty();

            assertThat(scores.generated()).isSameAs(scores.generated());
            assertThat(computed).containsExactly("generated");

            assertThat(scores.real()).isSameAs(scores.real()).isNotSameAs(scores.mismatched());
            assertThat(computed).containsExactly("generated", "real", "mismatched");
        }
    }

    @Test
    void shouldWeighPatchesLikeTheImageTheyAreOf() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray none = manager.create(0f);
            NDArray weights = manager.create(new float[] {2, 0});
            LazyScores whole =
                    new LazyScores(() -> none, () -> none, () -> manager.create(new float[] {3, 5}), () -> weights);
            LazyScores patches = new LazyScores(
                    () -> none,
                    () -> none,
                    () -> manager.create(new float[12], new Shape(2, 2, 3)).add(5),
                    () -> weights);

            assertThat(whole.mismatchWeights()).isSameAs(weights);
            assertThat(patches.mismatched().mul(patches.mismatchWeights()).toFloatArray())
                    .containsExactly(10, 10, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0);
        }
    }

    private static Supplier<NDArray> counted(List<String> computed, String kind, NDManager manager) {
        return () -> {
            computed.add(kind);
            return manager.create(1f);
        };
    }
}
