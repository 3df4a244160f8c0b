package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import dev.limner.training.objective.Scores;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scores that are computed once, when they are first asked for. */
final class LazyScores implements Scores {
    private final Once real;
    private final Once generated;
    private final Once mismatched;

    LazyScores(Supplier<NDArray> real, Supplier<NDArray> generated, Supplier<NDArray> mismatched) {
        this.real = new Once(real);
        this.generated = new Once(generated);
        this.mismatched = new Once(mismatched);
    }

    @Override
    public NDArray real() {
        return real.get();
    }

    @Override
    public NDArray generated() {
        return generated.get();
    }

    @Override
    public NDArray mismatched() {
        return mismatched.get();
    }

    private static final class Once {
        private final Supplier<NDArray> compute;
        private @Nullable NDArray value;

        Once(Supplier<NDArray> compute) {
            this.compute = compute;
        }

        NDArray get() {
            NDArray found = value;
            if (found == null) {
                found = compute.get();
                value = found;
            }
            return found;
        }
    }
}
