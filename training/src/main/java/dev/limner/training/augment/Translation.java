package dev.limner.training.augment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.limner.training.settings.Settings;
import java.util.random.RandomGenerator;

/**
 * Each image is shifted, its gaps white. No flip: captions name sides.
 *
 * @param share furthest shift as a share of the side
 */
public record Translation(double share) implements Augmentation {
    /** The most that a recipe may set. */
    public static final double MOST = 0.5;

    @Override
    public NDArray apply(NDArray images, RandomGenerator random) {
        int side = (int) images.getShape().get(3);
        int furthest = (int) Math.round(side * share);
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

    /** {@code kind: translation}. */
    public static final class Kind implements AugmentationKind {
        @Override
        public String id() {
            return "translation";
        }

        @Override
        public Augmentation read(Settings settings) {
            settings.keys("share");
            return new Translation(settings.number("share", 0, MOST));
        }
    }
}
