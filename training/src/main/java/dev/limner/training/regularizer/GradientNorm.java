package dev.limner.training.regularizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Weights;

/** A way to differentiate the squared norm of a critic's gradient by its weights. */
interface GradientNorm extends AutoCloseable {
    /**
     * Adds the gradient of (weight / 2) mean |d score / d image|^2 to the gradients of {@code weights}.
     *
     * @param manager owner of everything temporary
     * @param weights the critic's trainable weights
     * @param images (n, channels, side, side), without a gradient of their own
     * @param sentence (n, text)
     * @return mean |d score / d image|^2
     */
    float accumulate(NDManager manager, Weights weights, NDArray images, NDArray sentence, float weight);

    @Override
    default void close() {}
}
