package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;

/**
 * A generator that is a function of named weights: with trainable ones, with frozen aliases of them or with an average of them
 * the same code generates.
 */
public non-sealed interface TrainableGenerator extends Generator {
    /** Its weights and buffers, in the order in which they get their initial values. */
    Parameters parameters();

    /**
     * Generates. What it computes on its way is owned by the manager of the inputs or by sub-managers that are closed again.
     *
     * @param weights arrays of {@link #parameters()}, by name
     * @param inputs those of {@link #inputs()}, all of one batch
     * @return (n, channels, side, side) in [-1, 1], with frames folded into n, owned by the inputs' manager
     */
    NDArray generate(Weights weights, GeneratorInputs inputs);
}
