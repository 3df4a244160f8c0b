package dev.limner.generator.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CounterNoiseTest {
    @Test
    void shouldMatchThePublishedTestVectorsOfPhilox() {
        // Random123's kat_vectors: philox4x32-10 with everything 0, and with everything 1.
        int[] block = new int[4];
        CounterNoise.philox(0, 0, 0, block);
        assertThat(block).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        CounterNoise.philox(-1, -1, -1, block);
        assertThat(block).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    }

    @Test
    void shouldNotDependOnHowMuchIsGenerated() {
        float[] few = CounterNoise.normal(7, 3, 10);
        float[] many = CounterNoise.normal(7, 3, 64);

        assertThat(Arrays.copyOf(many, 10)).containsExactly(few);
    }

    @Test
    void shouldGiveEverySeedAndEveryIndexItsOwnStandardNormalNoise() {
        int size = 100_000;
        float[] first = CounterNoise.normal(1, 0, size);
        float[] otherIndex = CounterNoise.normal(1, 1, size);
        float[] otherSeed = CounterNoise.normal(2, 0, size);

        assertThat(mean(first, first)).isCloseTo(1, within(0.02));
        assertThat(mean(first, otherIndex)).isCloseTo(0, within(0.02));
        assertThat(mean(first, otherSeed)).isCloseTo(0, within(0.02));
        double sum = 0;
        for (float value : first) {
            sum += value;
        }
        assertThat(sum / size).isCloseTo(0, within(0.02));
    }

    private static double mean(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum / a.length;
    }
}
