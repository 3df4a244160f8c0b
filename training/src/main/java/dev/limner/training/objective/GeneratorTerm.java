package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;

/**
 * Something that the generator is after, or is to keep to, beside the objective: added to its loss. One class a term. Those that
 * a recipe can name are records of their settings; those of a fine-tuning round own what they compare with.
 */
@FunctionalInterface
public interface GeneratorTerm {
    /**
     * A batch as the generator makes it, with gradients.
     *
     * @param temporary owner of everything that lasts as long as the step
     * @param step number of the step, from 0
     * @param number of the batch, over all steps
     * @param network the generator
     * @param weights its trainable weights
     * @param noise (n, latent)
     * @param sentence (n, text)
     * @param own (n), 1 where the caption is the data set's own, 0 where it is an example's
     * @param images (n, 3, side, side), the real ones of these captions
     * @param generated (n, 3, side, side)
     * @param adversary what the generator plays against
     */
    record Generation(
            NDManager temporary,
            long step,
            long number,
            TrainableGenerator network,
            Weights weights,
            NDArray noise,
            NDArray sentence,
            NDArray own,
            NDArray images,
            NDArray generated,
            Adversary adversary) {}

    /** The critic and the objective, as terms may ask them about other images than the batch's. */
    @FunctionalInterface
    interface Adversary {
        /**
         * What the generator minimises for these images, weighed against the batch's real ones.
         *
         * @param generated (n, 3, side, side), before augmentation
         * @param sentence (n, text), what they were generated for
         * @return a scalar
         */
        NDArray loss(NDArray generated, NDArray sentence);
    }

    /** A scalar to be added to the generator's loss, weight included. Called while gradients are recorded. */
    NDArray loss(Generation generation);
}
