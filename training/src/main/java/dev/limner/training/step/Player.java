package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.Weights;
import dev.limner.training.optimizer.Optimization;
import dev.limner.training.optimizer.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** One side of the game: its weights and buffers, those of them that move, and their optimizer. One thread. */
final class Player {
    private final String name;
    private final Weights weights;
    private final Weights buffers;
    private final Optimizer optimizer;

    /**
     * @param name what its arrays are called in a checkpoint, before a slash
     * @param parameters which of its arrays are weights, and which are buffers
     * @param weights all of them
     * @param moves whether a weight is trained, by its name
     */
    Player(
            NDManager manager,
            String name,
            Parameters parameters,
            Weights weights,
            Predicate<String> moves,
            Optimization optimization) {
        this.name = name;
        this.weights = weights;
        Predicate<String> trained = parameters.trained(group -> true);
        this.buffers = only(weights, trained.negate());
        this.optimizer = new Optimizer(manager, optimization.rule(), only(weights, trained.and(moves)));
    }

    private static Weights only(Weights weights, Predicate<String> chosen) {
        Map<String, NDArray> arrays = new LinkedHashMap<>(weights.arrays());
        arrays.keySet().removeIf(chosen.negate());
        return new Weights(arrays);
    }

    /** From here on, losses leave gradients at the weights that move. */
    void recordGradients() {
        moving().arrays().values().forEach(array -> array.setRequiresGradient(true));
    }

    /** Trainable where they move. */
    Weights weights() {
        return weights;
    }

    /** Those that move. */
    Weights moving() {
        return optimizer.weights();
    }

    /** Those that the network updates itself. */
    Weights buffers() {
        return buffers;
    }

    /** @see Optimizer#step */
    float move(NDManager temporary, long update, double rate) {
        return optimizer.step(temporary, update, rate);
    }

    /** By the names that checkpoints have for them. */
    Map<String, Weights> memory() {
        Map<String, Weights> memory = new LinkedHashMap<>();
        optimizer.memory().forEach((part, arrays) -> memory.put(name + part, arrays));
        return memory;
    }
}
