package dev.limner.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.tensor.StepRandom;
import java.util.SplittableRandom;

/**
 * A batch on the device, and what is random about it: a function of the recipe's seed and the batch's number. Owned by the
 * step's manager.
 *
 * @param number of the batch, over all steps
 * @param images (n, 3, side, side) as they are
 * @param real as the critic sees them
 * @param sentence (n, text)
 * @param stranger (n, text), somebody else's
 * @param own (n), 1 for images of the data set itself
 * @param random of its augmentations, in the order in which they are needed
 */
record StepBatch(
        NDManager temporary,
        Recipe recipe,
        long number,
        int size,
        NDArray images,
        NDArray real,
        NDArray sentence,
        NDArray stranger,
        NDArray own,
        SplittableRandom random) {
    /** What a batch draws noise for. Either use has numbers of its own. */
    enum Use {
        CRITIC(0),
        GENERATOR(1);

        private final long counter;

        Use(long counter) {
            this.counter = counter;
        }
    }

    static StepBatch of(
            NDManager temporary, Recipe recipe, Augmentation augmentation, long number, TrainingBatch batch) {
        SplittableRandom random = StepRandom.of(recipe.seed(), number, StepRandom.Use.AUGMENTATION);
        TrainableGenerator generator = recipe.generator();
        int side = generator.output().side();
        NDArray images = temporary.create(batch.images(), new Shape(batch.size(), 3, side, side));
        NDArray sentence = temporary.create(
                batch.sentences(), new Shape(batch.size(), generator.inputs().sentence()));
        NDArray stranger = temporary.create(batch.mismatched(), sentence.getShape());
        NDArray real = augmentation.apply(images, random);
        NDArray own = temporary.create(batch.own());
        return new StepBatch(temporary, recipe, number, batch.size(), images, real, sentence, stranger, own, random);
    }

    /** (n, latent). */
    NDArray noise(Use use) {
        int latent = recipe.generator().inputs().noise();
        long seed = StepRandom.seedOf(recipe.seed(), number, StepRandom.Use.NOISE);
        float[] values = CounterNoise.normal(seed, use.counter, size * latent);
        return temporary.create(values, new Shape(size, latent));
    }
}
