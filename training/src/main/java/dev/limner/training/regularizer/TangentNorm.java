package dev.limner.training.regularizer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.ActivationMode;
import dev.limner.training.network.TangentCritic;

/**
 * The norm of a gradient without differentiating twice.
 *
 * <p>One backward pass through the frozen network gives g, the gradient of the scores by the images. Pushing g through
 * the network as a tangent, with the rectifiers' slopes held, gives |g|^2 for each image, and because the network is
 * linear in that tangent the gradient of gamma |g|^2 by one use of the weights equals that of (gamma / 2) |g|^2 by both.
 */
final class TangentNorm implements GradientNorm {
    private final TangentCritic network;

    TangentNorm(TangentCritic network) {
        this.network = network;
    }

    @Override
    public float accumulate(NDManager manager, Weights weights, NDArray images, NDArray sentence, float weight) {
        Engine engine = Engine.getEngine("PyTorch");
        NDArray leaf = images.duplicate();
        leaf.attach(manager);
        leaf.setRequiresGradient(true);
        ActivationMode.Recording recording = new ActivationMode.Recording();
        NDArray gradient;
        try (GradientCollector collector = engine.newGradientCollector()) {
            NDArray scores = network.score(weights.frozen(manager), leaf, sentence, recording);
            collector.backward(scores.sum());
            gradient = leaf.getGradient();
            gradient.attach(manager);
        }
        try (GradientCollector collector = engine.newGradientCollector()) {
            NDArray squares =
                    network.score(weights, gradient.stopGradient(), sentence, new ActivationMode.Tangent(recording));
            NDArray mean = squares.mean();
            collector.backward(Layers.scale(mean, weight));
            return mean.getFloat();
        }
    }
}
