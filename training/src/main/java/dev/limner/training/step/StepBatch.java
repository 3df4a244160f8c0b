package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.tensor.StepRandom;
import java.util.SplittableRandom;

/**
 * A batch as a step uses it.
 *
 * @param temporary owner of everything that lasts as long as the step
 * @param arrays of the batch
 * @param real images as the critic sees them
 * @param random of its augmentations, in the order in which they are needed; a function of the recipe's seed and the batch's
 *     number
 */
record StepBatch(NDManager temporary, StepArrays arrays, NDArray real, SplittableRandom random) {
    static StepBatch of(NDManager temporary, long seed, Augmentation augmentation, StepArrays arrays) {
        SplittableRandom random = StepRandom.of(seed, arrays.number(), StepRandom.Use.AUGMENTATION);
        return new StepBatch(temporary, arrays, augmentation.apply(arrays.images(), random), random);
    }

    long number() {
        return arrays.number();
    }

    int size() {
        return arrays.size();
    }

    NDArray images() {
        return arrays.images();
    }

    NDArray sentence() {
        return arrays.sentence();
    }

    NDArray mismatched() {
        return arrays.mismatched();
    }

    NDArray mismatchWeights() {
        return arrays.mismatchWeights();
    }

    NDArray own() {
        return arrays.own();
    }
}
