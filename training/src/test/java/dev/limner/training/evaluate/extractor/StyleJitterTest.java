package dev.limner.training.evaluate.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.InputValues;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StyleJitterTest {
    private static final int SIDE = 16;
    private static final int AREA = SIDE * SIDE;

    @Test
    void shouldChangeNothingWithoutStrength() {
        Pixels image = square(200, 40, 10);

        float[] same = new StyleJitter(0).apply(List.of(image), new SplittableRandom(1));

        float[] expected = InputValues.images(List.of(image));
        for (int i = 0; i < expected.length; i++) {
            assertThat(same[i]).isCloseTo(expected[i], within(0.01f));
        }
    }

    @Test
    void shouldFollowFromItsSeed() {
        List<Pixels> images = List.of(square(200, 40, 10), square(0, 90, 200));

        float[] once = new StyleJitter(1).apply(images, new SplittableRandom(7));

        assertThat(new StyleJitter(1).apply(images, new SplittableRandom(7))).isEqualTo(once);
        assertThat(new StyleJitter(1).apply(images, new SplittableRandom(8))).isNotEqualTo(once);
    }

    @Test
    void shouldLeaveWhiteWhite() {
        Pixels white = square(255, 255, 255);
        for (int seed = 0; seed < 20; seed++) {
            float[] seen = new StyleJitter(1).apply(List.of(white), new SplittableRandom(seed));
            for (float value : seen) {
                assertThat(value).isCloseTo(1f, within(0.01f));
            }
        }
    }

    /** Names of colours are a twelfth of the circle apart. */
    @Test
    void shouldLeaveAHueReadable() {
        float[] before = java.awt.Color.RGBtoHSB(220, 120, 30, null);
        for (int seed = 0; seed < 50; seed++) {
            float[] seen = new StyleJitter(1).apply(List.of(square(220, 120, 30)), new SplittableRandom(seed));
            float[] after = java.awt.Color.RGBtoHSB(middle(seen, 0), middle(seen, 1), middle(seen, 2), null);
            if (after[1] > 0.1) {
                assertThat(after[0]).isCloseTo(before[0], within(1 / 24f));
            }
        }
    }

    private static int middle(float[] planes, int channel) {
        return Math.round((planes[channel * AREA + AREA / 2 + SIDE / 2] + 1) * 127.5f);
    }

    /** On white. */
    private static Pixels square(int red, int green, int blue) {
        byte[] rgb = new byte[3 * AREA];
        Arrays.fill(rgb, (byte) 255);
        for (int y = 4; y < 12; y++) {
            for (int x = 4; x < 12; x++) {
                int at = 3 * (y * SIDE + x);
                rgb[at] = (byte) red;
                rgb[at + 1] = (byte) green;
                rgb[at + 2] = (byte) blue;
            }
        }
        return new Pixels(SIDE, SIDE, rgb);
    }
}
