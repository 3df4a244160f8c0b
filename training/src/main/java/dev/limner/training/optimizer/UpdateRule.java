package dev.limner.training.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** How a gradient becomes a move: what tells one optimizer from another. A record of its settings; one file a rule. */
public interface UpdateRule {
    /**
     * Names of the arrays that it remembers for each weight, of the weight's shape and zero at first. Checkpoints carry
     * them, so the names never change.
     */
    List<String> memory();

    /**
     * What is to be subtracted from a weight. What it makes starts from {@code gradient}, an array of this step, so that it
     * is given back with it.
     *
     * @param gradient of the weight, accumulated
     * @param memory the remembered arrays in the order of {@link #memory()}, updated in place
     * @param update number of this update, from 1
     * @param rate learning rate
     */
    NDArray move(NDArray gradient, List<NDArray> memory, long update, double rate);
}
