package dev.limner.training.augment;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the critic sees instead of an image itself, real or generated, so that it does not learn a small set by heart:
 * differentiable augmentation (Zhao et al. 2020). A record of its settings, without state; one file an augmentation. A
 * gradient passes from what comes out to what goes in.
 */
@FunctionalInterface
public interface Augmentation {
    /**
     * @param images (n, channels, side, side); the result has the same shape
     * @param random what it draws from, image by image
     */
    NDArray apply(NDArray images, RandomGenerator random);

    /** One after the other. */
    static Augmentation all(List<Augmentation> augmentations) {
        List<Augmentation> order = List.copyOf(augmentations);
        return (images, random) -> {
            NDArray seen = images;
            for (Augmentation augmentation : order) {
                seen = augmentation.apply(seen, random);
            }
            return seen;
        };
    }
}
