package dev.limner.training.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Weights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Moves weights along their accumulated gradients by a rule, and remembers what the rule needs. One thread. */
public final class Optimizer {
    /** Above this a gradient is an accident. */
    public static final float LARGEST_NORM = 1e4f;

    private final UpdateRule rule;
    private final Weights weights;
    private final Map<String, Weights> memory = new LinkedHashMap<>();

    /**
     * @param manager owner of what is remembered
     * @param weights what it moves
     */
    public Optimizer(NDManager manager, UpdateRule rule, Weights weights) {
        this.rule = rule;
        this.weights = weights;
        rule.memory().forEach(name -> memory.put(name, zeros(manager, weights)));
    }

    private static Weights zeros(NDManager manager, Weights weights) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> arrays.put(name, manager.zeros(array.getShape())));
        return new Weights(arrays);
    }

    /** What it moves. */
    public Weights weights() {
        return weights;
    }

    /** What it remembers, by the rule's names for it, in the rule's order. */
    public Map<String, Weights> memory() {
        return Collections.unmodifiableMap(memory);
    }

    /**
     * Moves the weights along their accumulated gradients and clears those. A gradient that is not finite, or larger than
     * any that a training in good order has, moves nothing: one of them in Adam's second moments, whose squares overflow,
     * would hold the weights still for ever.
     *
     * @param manager owner of everything temporary
     * @param update number of this update, from 1
     * @param rate learning rate
     * @return the gradient's norm; above {@link #LARGEST_NORM} or not finite if nothing was moved
     */
    public float step(NDManager manager, long update, double rate) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        NDArray squares = manager.create(0f);
        for (Map.Entry<String, NDArray> entry : weights.arrays().entrySet()) {
            NDArray gradient = entry.getValue().getGradient();
            gradient.attach(manager);
            gradients.put(entry.getKey(), gradient);
            squares.addi(gradient.square().sum());
        }
        float norm = squares.sqrt().getFloat();
        if (moves(norm)) {
            weights.arrays().forEach((name, weight) -> {
                NDArray gradient = Objects.requireNonNull(gradients.get(name), name);
                NDArray move = rule.move(gradient, remembered(name), update, rate);
                NDArray alias = weight.stopGradient();
                alias.attach(manager);
                alias.subi(move);
            });
            gradients.values().forEach(gradient -> gradient.subi(gradient));
        } else {
            // What is not finite does not become zero by taking it from itself.
            gradients.values().forEach(gradient -> gradient.set(new float[Math.toIntExact(gradient.size())]));
        }
        return norm;
    }

    private List<NDArray> remembered(String weight) {
        List<NDArray> arrays = new ArrayList<>();
        memory.values().forEach(group -> arrays.add(group.get(weight)));
        return arrays;
    }

    /** Whether a gradient of this norm moves anything. */
    public static boolean moves(float norm) {
        // Written so that NaN does not pass.
        return norm <= LARGEST_NORM;
    }
}
