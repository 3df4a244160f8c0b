package dev.limner.training.augment;

import ai.djl.ndarray.NDArray;
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
        int count = (int) images.getShape().get(0);
        long channels = images.getShape().get(1);
        int wide = side + 2 * furthest;
        long pixels = (long) side * side;
        long[] from = new long[count * side * side];
        int next = 0;
        for (int i = 0; i < count; i++) {
            int top = random.nextInt(2 * furthest + 1);
            int left = random.nextInt(2 * furthest + 1);
            for (int y = top; y < top + side; y++) {
                for (int x = left; x < left + side; x++) {
                    from[next++] = (long) y * wide + x;
                }
            }
        }
        NDArray padded = images.pad(new Shape(furthest, furthest, furthest, furthest), 1.0)
                .reshape(count, channels, (long) wide * wide);
        // One launch for the whole batch, and one backward, where every pixel gets at most one value: no order of sums.
        NDArray index = images.getManager().create(from, new Shape(count, 1, pixels));
        return padded.gather(index.broadcast(count, channels, pixels), 2).reshape(images.getShape());
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
