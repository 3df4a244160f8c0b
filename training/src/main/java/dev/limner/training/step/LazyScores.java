package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import dev.limner.training.objective.Scores;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scores that are computed once, when they are first asked for. */
final class LazyScores implements Scores {
    private final Once real;
    private final Once generated;
    private final Once mismatched;
    private final Once mismatchWeights;

    LazyScores(
            Supplier<NDArray> real,
            Supplier<NDArray> generated,
            Supplier<NDArray> mismatched,
            Supplier<NDArray> mismatchWeights) {
        this.real = new Once(real);
        this.generated = new Once(generated);
        this.mismatched = new Once(mismatched);
        this.mismatchWeights = new Once(mismatchWeights);
    }

    /** Of the generator's move, where everybody has his own caption. */
    static LazyScores ofGenerator(Supplier<NDArray> real, Supplier<NDArray> generated) {
        Supplier<NDArray> none = () -> {
            throw new IllegalStateException("the generator's move has no mismatched captions");
        };
        return new LazyScores(real, generated, none, none);
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

    @Override
    public NDArray mismatchWeights() {
        NDArray weights = mismatchWeights.get();
        int patches = mismatched().getShape().dimension() - 1;
        if (patches == 0) {
            return weights;
        }
        long[] shape = new long[1 + patches];
        Arrays.fill(shape, 1);
        shape[0] = weights.size();
        return weights.reshape(shape);
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
