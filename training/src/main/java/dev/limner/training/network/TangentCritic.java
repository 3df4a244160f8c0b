package dev.limner.training.network;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.Weights;

/**
 * A critic that is piecewise linear in its images: linear layers and rectifiers, and nothing that mixes images or divides by
 * what it has computed (no normalisation, softmax or standard deviation of a batch). Then a tangent can be pushed through it
 * with the slopes held, and a gradient penalty needs no second differentiation.
 */
@FunctionalInterface
public interface TangentCritic {
    /**
     * Scores, or the tangent of the scores, as the activation decides.
     *
     * @param images (n, channels, side, side), or a tangent of that shape
     * @param sentence (n, text)
     * @return (n)
     */
    NDArray score(Weights weights, NDArray images, NDArray sentence, ActivationMode activation);
}
