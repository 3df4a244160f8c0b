package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;

/**
 * What one critic says in one move. Higher is more real. Each array is computed when it is first asked for, so an objective
 * pays for what it uses. The shapes are the critic's, (n) or (n, h, w) of patches; an objective that does not pair images must
 * not expect as many real ones as generated ones.
 */
public interface Scores {
    /** Of real images with their captions. Without gradients in the generator's move. */
    NDArray real();

    /** Of generated images with their captions. */
    NDArray generated();

    /** Of real images with somebody else's captions. Only in the critic's move. */
    NDArray mismatched();

    /**
     * What each of those counts, in a shape that multiplies theirs: 0 for an image for which the batch has no caption that is
     * wrong, the same for all others, 1 in the mean over the batch unless all are 0. So the mean of a loss times these weights
     * is the mean over the images that have such a caption. Only in the critic's move.
     */
    NDArray mismatchWeights();
}
