package dev.limner.training.regularizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Weights;

/** A regularizer at work on one critic. One thread. */
public interface Penalty extends AutoCloseable {
    /**
     * A batch of the critic's move.
     *
     * @param temporary owner of everything that lasts as long as the step
     * @param step number of the step, from 0
     * @param weights the critic's trainable weights
     * @param real (n, channels, side, side) as the critic sees them, without gradients
     * @param generated the same
     * @param sentence (n, text)
     * @param share of the move's gradient that this batch has
     */
    record Move(
            NDManager temporary,
            long step,
            Weights weights,
            NDArray real,
            NDArray generated,
            NDArray sentence,
            float share) {}

    /**
     * Adds its gradients to those of the weights.
     *
     * @return what it measured, or NaN if it has nothing to do in this step
     */
    float accumulate(Move move);

    /** Called when the weights have moved: the place to clip or project them. */
    default void moved(NDManager temporary, Weights weights) {}

    @Override
    default void close() {}
}
