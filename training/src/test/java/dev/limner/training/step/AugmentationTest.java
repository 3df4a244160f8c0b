package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.limner.generator.testing.Gradients;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.augment.Cutout;
import dev.limner.training.augment.Translation;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the critic sees instead of an image, pixel by pixel. */
class AugmentationTest {
    private static final int COUNT = 5;
    private static final int SIDE = 16;

    @Test
    void shouldShiftABatchToTheBytesOfImageByImage() {
        for (double share : new double[] {0.125, 0.5}) {
            Outcome batch = outcome(new Translation(share));
            Outcome oneByOne = outcome((images, random) -> StraightStep.shifted(images, share, random));

            assertThat(batch.values()).containsExactly(oneByOne.values());
            assertThat(batch.gradient()).containsExactly(oneByOne.gradient());
        }
    }

    @Test
    void shouldHaveTheGradientOfEveryPixelOfAShift() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Gradients.check(
                    manager,
                    Map.of("images", Gradients.normal(manager, 4, COUNT, 3, 8, 8)),
                    all -> new Translation(0.25).apply(all.get("images"), new SplittableRandom(2)));
        }
    }

    @Test
    void shouldBlankASquareOfEachImageAndNothingElse() {
        float[] before = outcome((images, random) -> images).values();
        float[] after = outcome(new Cutout(0.5)).values();
        SplittableRandom random = new SplittableRandom(3);
        int hole = SIDE / 2;
        for (int i = 0; i < COUNT; i++) {
            int top = random.nextInt(SIDE + 1) - hole / 2;
            int left = random.nextInt(SIDE + 1) - hole / 2;
            for (int at = 0; at < 3 * SIDE * SIDE; at++) {
                int y = at / SIDE % SIDE;
                int x = at % SIDE;
                boolean blank = y >= top && y < top + hole && x >= left && x < left + hole;
                int place = i * 3 * SIDE * SIDE + at;
                assertThat(after[place]).isEqualTo(blank ? 1f : before[place] - 1f + 1f);
            }
        }
    }

    private record Outcome(float[] values, float[] gradient) {}

    private static Outcome outcome(Augmentation augmentation) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = Gradients.normal(manager, 1, COUNT, 3, SIDE, SIDE);
            images.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray seen = augmentation.apply(images, new SplittableRandom(3));
                NDArray slope = Gradients.normal(manager, 2, COUNT, 3, SIDE, SIDE);
                collector.backward(seen.mul(slope).sum());
                return new Outcome(
                        seen.stopGradient().toFloatArray(), images.getGradient().toFloatArray());
            }
        }
    }
}
