package dev.limner.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearestNeighboursTest {
    @Test
    void shouldFindTheNearestImageAndHowFarItIs() {
        List<Pixels> images = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 150; i++) {
            byte[] rgb = new byte[3 * 32 * 32];
            random.nextBytes(rgb);
            images.add(new Pixels(32, 32, rgb));
        }
        images.add(flat(0));
        images.add(flat(10));

        try (NearestNeighbours neighbours = new NearestNeighbours(images)) {
            NearestNeighbours.Nearest[] of = neighbours.of(List.of(images.get(77), flat(1), flat(9)));
            float[][] nearest = neighbours.nearest(images, 2);
            float[][] all = neighbours.distances(images.subList(77, 79));

            assertThat(of[0].index()).isEqualTo(77);
            assertThat(of[0].distance()).isCloseTo(0, within(1e-3));
            assertThat(of[1].index()).isEqualTo(150);
            assertThat(of[1].distance()).isCloseTo(1 / 255.0, within(1e-3));
            assertThat(of[2].index()).isEqualTo(151);
            assertThat((double) nearest[150][0]).isCloseTo(0, within(1e-3));
            assertThat((double) nearest[150][1]).isCloseTo(10 / 255.0, within(1e-3));
            assertThat(all[1]).hasSize(152);
            assertThat((double) all[1][78]).isCloseTo(0, within(1e-3));
            float[] sorted = all[0].clone();
            Arrays.sort(sorted);
            assertThat(nearest[77]).containsExactly(sorted[0], sorted[1]);
        }
    }

    private static Pixels flat(int value) {
        byte[] rgb = new byte[3 * 32 * 32];
        Arrays.fill(rgb, (byte) value);
        return new Pixels(32, 32, rgb);
    }
}
