package dev.limner.training.network;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.Weights;
import java.util.List;
import java.util.Optional;

/**
 * A network that scores images, higher for more real: discriminator or critic. A function of its weights; without state, so
 * that the same one scores with trainable weights and with frozen aliases of them.
 */
public interface Critic {
    /** How it is called in a sentence. */
    String name();

    /** Its weights and buffers, in the order in which they get their initial values; FreezeD keeps the group next to the pixels. */
    Parameters parameters();

    /** The convolutions that scoring a batch takes. */
    List<ConvolutionShape> convolutions(int batch);

    /**
     * Looks at images, whatever their captions.
     *
     * @param images (n, channels, side, side)
     */
    Impression look(Weights weights, NDArray images);

    /** Scores of images with their captions, (n) or (n, h, w). */
    default NDArray score(Weights weights, NDArray images, NDArray sentence) {
        return look(weights, images).score(sentence);
    }

    /** This network as one through which a tangent can be pushed, if it is one. */
    default Optional<TangentCritic> tangent() {
        return Optional.empty();
    }

    /** This network as a TorchScript program, if there is one. */
    default Optional<ScriptedCritic> scripted() {
        return Optional.empty();
    }

    /** What a critic has seen of n images, to be asked about any number of captions. */
    interface Impression {
        /** Of the images from one to before another. */
        Impression part(long from, long to);

        /**
         * Scores.
         *
         * @param sentence (n, text), one for each image
         */
        NDArray score(NDArray sentence);
    }
}
