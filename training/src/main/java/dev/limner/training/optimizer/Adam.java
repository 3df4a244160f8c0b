package dev.limner.training.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.training.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Adam (Kingma and Ba 2015). Written here and not taken from DJL because a training that resumes needs the moments in
 * its checkpoint, which DJL's optimiser keeps to itself.
 */
public final class Adam {
    /** Above this a gradient is an accident. */
    public static final float LARGEST_NORM = 1e4f;

    private static final float EPSILON = 1e-8f;

    private final Recipe.Optimizer settings;
    private final Weights weights;
    private final Weights firstMoments;
    private final Weights secondMoments;

    public Adam(NDManager manager, Recipe.Optimizer settings, Weights weights) {
        this.settings = settings;
        this.weights = weights;
        this.firstMoments = zeros(manager, weights);
        this.secondMoments = zeros(manager, weights);
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

    public Weights firstMoments() {
        return firstMoments;
    }

    public Weights secondMoments() {
        return secondMoments;
    }

    /**
     * Moves the weights along their accumulated gradients and clears those. A gradient that is not finite, or larger than
     * any that a training in good order has, moves nothing: one of them in the second moments, whose squares overflow,
     * would hold the weights still for ever.
     *
     * @param manager owner of everything temporary
     * @param update number of this update, from 1, for the bias correction
     * @return the gradient's norm; above {@link #LARGEST_NORM} or not finite if nothing was moved
     */
    public float step(NDManager manager, long update) {
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
            move(manager, gradients, update);
            gradients.values().forEach(gradient -> gradient.subi(gradient));
        } else {
            // What is not finite does not become zero by taking it from itself.
            gradients.values().forEach(gradient -> gradient.set(new float[Math.toIntExact(gradient.size())]));
        }
        return norm;
    }

    /** Whether a gradient of this norm moves anything. */
    public static boolean moves(float norm) {
        // Written so that NaN does not pass.
        return norm <= LARGEST_NORM;
    }

    private void move(NDManager manager, Map<String, NDArray> gradients, long update) {
        float beta1 = (float) settings.beta1();
        float beta2 = (float) settings.beta2();
        float correction1 = (float) (1 - Math.pow(settings.beta1(), (double) update));
        float correction2 = (float) (1 - Math.pow(settings.beta2(), (double) update));
        float rate = (float) (settings.rateAt(update - 1) / correction1);
        weights.arrays().forEach((name, weight) -> {
            NDArray gradient = Objects.requireNonNull(gradients.get(name), name);
            NDArray first = firstMoments.get(name);
            NDArray second = secondMoments.get(name);
            first.muli(beta1).addi(Layers.scale(gradient, 1 - beta1));
            second.muli(beta2).addi(gradient.square().muli(1 - beta2));
            // Temporaries of an operation belong to its first operand: start from an array of this step's.
            NDArray scale =
                    gradient.zerosLike().addi(second).divi(correction2).sqrt().addi(EPSILON);
            NDArray move = gradient.zerosLike().addi(first).muli(rate).divi(scale);
            NDArray alias = weight.stopGradient();
            alias.attach(manager);
            alias.subi(move);
        });
    }
}
