package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.tensor.StepRandom;

/**
 * A batch on the device, with its noise: all of a batch that does not depend on any weight.
 *
 * @param number of the batch, over all steps
 * @param images (n, 3, side, side) as they are
 * @param sentence (n, text)
 * @param mismatched (n, text), somebody else's
 * @param mismatchWeights (n), what each of those counts
 * @param own (n), 1 for images of the data set itself
 * @param criticNoise (n, latent), for the images that the critic learns from
 * @param generatorNoise (n, latent), for those that the generator learns from
 */
record StepArrays(
        long number,
        int size,
        NDArray images,
        NDArray sentence,
        NDArray mismatched,
        NDArray mismatchWeights,
        NDArray own,
        NDArray criticNoise,
        NDArray generatorNoise) {
    /** @param owner of the arrays */
    static StepArrays of(NDManager owner, Recipe recipe, long number, TrainingBatch batch) {
        TrainableGenerator generator = recipe.generator();
        int side = generator.output().side();
        Shape sentences = new Shape(batch.size(), generator.inputs().sentence());
        return new StepArrays(
                number,
                batch.size(),
                owner.create(batch.images(), new Shape(batch.size(), 3, side, side)),
                owner.create(batch.sentences(), sentences),
                owner.create(batch.mismatched(), sentences),
                owner.create(batch.mismatchWeights()),
                owner.create(batch.own()),
                noise(owner, recipe, number, batch.size(), Use.CRITIC),
                noise(owner, recipe, number, batch.size(), Use.GENERATOR));
    }

    /** What noise is for. Either use has numbers of its own. */
    private enum Use {
        CRITIC(0),
        GENERATOR(1);

        private final long counter;

        Use(long counter) {
            this.counter = counter;
        }
    }

    private static NDArray noise(NDManager owner, Recipe recipe, long number, int size, Use use) {
        int latent = recipe.generator().inputs().noise();
        long seed = StepRandom.seedOf(recipe.seed(), number, StepRandom.Use.NOISE);
        return owner.create(CounterNoise.normal(seed, use.counter, size * latent), new Shape(size, latent));
    }
}
