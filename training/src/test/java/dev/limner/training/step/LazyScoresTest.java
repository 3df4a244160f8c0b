package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
                    counted(computed, "mismatched", manager));
            assertThat(computed).isEmpty();

            assertThat(scores.generated()).isSameAs(scores.generated());
            assertThat(computed).containsExactly("generated");

            assertThat(scores.real()).isSameAs(scores.real()).isNotSameAs(scores.mismatched());
            assertThat(computed).containsExactly("generated", "real", "mismatched");
        }
    }

    private static Supplier<NDArray> counted(List<String> computed, String kind, NDManager manager) {
        return () -> {
            computed.add(kind);
            return manager.create(1f);
        };
    }
}
