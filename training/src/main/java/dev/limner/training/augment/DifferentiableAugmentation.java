package dev.limner.training.augment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.limner.training.recipe.Recipe;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Differentiable augmentation of what the discriminator sees: each image is shifted, and a square of it blanked. */
public final class DifferentiableAugmentation {
    private final Recipe.Augmentation settings;

    public DifferentiableAugmentation(Recipe.Augmentation settings) {
        this.settings = settings;
    }

    /** @param images (n, 3, side, side); the result has the same shape, its gaps white */
    public NDArray apply(NDArray images, RandomGenerator random) {
        NDArray shifted = translate(images, random);
        return settings.cutout() > 0 ? cutOut(shifted, random) : shifted;
    }

    private NDArray translate(NDArray images, RandomGenerator random) {
        int side = (int) images.getShape().get(3);
        int furthest = (int) Math.round(side * settings.translation());
        if (furthest == 0) {
            return images;
        }
        NDArray padded = images.pad(new Shape(furthest, furthest, furthest, furthest), 1.0);
        NDList shifted = new NDList();
        for (int i = 0; i < images.getShape().get(0); i++) {
            int top = random.nextInt(2 * furthest + 1);
            int left = random.nextInt(2 * furthest + 1);
            shifted.add(padded.get("{}:{}, :, {}:{}, {}:{}", i, i + 1, top, top + side, left, left + side));
        }
        return NDArrays.concat(shifted, 0);
    }

    private NDArray cutOut(NDArray images, RandomGenerator random) {
        int count = (int) images.getShape().get(0);
        int side = (int) images.getShape().get(3);
        int hole = (int) Math.round(side * settings.cutout());
        float[] keep = new float[count * side * side];
        Arrays.fill(keep, 1f);
        for (int i = 0; i < count; i++) {
            int top = random.nextInt(side + 1) - hole / 2;
            int left = random.nextInt(side + 1) - hole / 2;
            for (int y = Math.max(0, top); y < Math.min(side, top + hole); y++) {
                int row = (i * side + y) * side;
                Arrays.fill(keep, row + Math.max(0, left), row + Math.min(side, left + hole), 0f);
            }
        }
        NDArray mask = images.getManager().create(keep, new Shape(count, 1, side, side));
        return images.sub(1).mul(mask).add(1);
    }
}
