package dev.limner.training.augment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.limner.training.settings.Settings;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A square of each image is blanked, to white. No colour is changed: captions name colours.
 *
 * @param share side of the square as a share of the image's; 0 for none
 */
public record Cutout(double share) implements Augmentation {
    /** The most that a recipe may set. */
    public static final double MOST = 1;

    @Override
    public NDArray apply(NDArray images, RandomGenerator random) {
        if (share == 0) {
            return images;
        }
        int count = (int) images.getShape().get(0);
        int side = (int) images.getShape().get(3);
        int hole = (int) Math.round(side * share);
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

    /** {@code kind: cutout}. */
    public static final class Kind implements AugmentationKind {
        @Override
        public String id() {
            return "cutout";
        }

        @Override
        public Augmentation read(Settings settings) {
            settings.keys("share");
            return new Cutout(settings.number("share", 0, MOST));
        }
    }
}
