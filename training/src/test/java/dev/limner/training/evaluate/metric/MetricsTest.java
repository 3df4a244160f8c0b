package dev.limner.training.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.noise.CounterNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final int DIMENSIONS = 8;

    @Test
    void shouldFindNoKernelDistanceBetweenSamplesOfOneDistribution() {
        Estimate same = KernelInceptionDistance.of(normal(600, 1, 0, 1), normal(600, 2, 0, 1), 300, 1);
        Estimate shifted = KernelInceptionDistance.of(normal(600, 1, 0, 1), normal(600, 2, 0.5, 1), 300, 1);

        assertThat(same.value()).isCloseTo(0, within(0.02));
        assertThat(same.low()).isNegative();
        assertThat(shifted.low()).isPositive();
        assertThat(shifted.value()).isGreaterThan(20 * Math.abs(same.value()));
    }

    @Test
    void shouldHaveTheFrechetDistanceOfASmallSampleInsideItsOwnInterval() {
        Estimate found = FrechetDistance.of(normal(400, 1, 0, 1), normal(400, 2, 0.1, 1), 1);

        assertThat(found.value()).isBetween(found.low(), found.high());
    }

    @Test
    void shouldAgreeWithTheClosedFormOfTheFrechetDistance() {
        // Between N(0, I) and N(m, 4 I): |m|^2 + d (1 - 2)^2.
        double expected = DIMENSIONS * 0.25 + DIMENSIONS;

        Estimate found = FrechetDistance.of(normal(20_000, 1, 0, 1), normal(20_000, 2, 0.5, 2), 1);

        assertThat(found.value()).isCloseTo(expected, within(0.15));
        assertThat(found.low()).isLessThanOrEqualTo(found.high());
    }

    @Test
    void shouldTellLostVarietyFromLostQuality() {
        float[][] real = normal(400, 1, 0, 1);
        ManifoldMetrics narrow = ManifoldMetrics.of(real, normal(400, 2, 0, 0.05), 1);
        ManifoldMetrics wild = ManifoldMetrics.of(real, normal(400, 2, 0, 6), 1);
        ManifoldMetrics fine = ManifoldMetrics.of(real, normal(400, 2, 0, 1), 1);

        assertThat(narrow.precision().value()).isGreaterThan(0.95);
        assertThat(narrow.recall().value()).isLessThan(0.1);
        assertThat(narrow.coverage().value()).isLessThan(0.3);
        assertThat(wild.precision().value()).isLessThan(0.1);
        assertThat(wild.density().value()).isLessThan(0.1);
        assertThat(fine.coverage().value()).isGreaterThan(0.9);
        assertThat(fine.density().value()).isCloseTo(1, within(0.15));
    }

    @Test
    void shouldNeedMoreImagesThanNeighbours() {
        assertThatThrownBy(() -> ManifoldMetrics.of(normal(5, 1, 0, 1), normal(50, 2, 0, 1), 1))
                .hasMessageContaining("more than 5 images, there are 5 real and 50 generated");
    }

    @Test
    void shouldSeeAShiftAlongEveryDirection() {
        Estimate same = SlicedWasserstein.of(normal(2000, 1, 0, 1), normal(2000, 2, 0, 1), 1);
        Estimate shifted = SlicedWasserstein.of(normal(2000, 1, 0, 1), normal(2000, 2, 1, 1), 1);

        assertThat(same.value()).isLessThan(0.08);
        assertThat(shifted.value()).isGreaterThan(0.5);
    }

    @Test
    void shouldPutTheTrueMeanIntoTheInterval() {
        double[] values = new double[400];
        Arrays.fill(values, 0, 100, 1);

        Estimate share = Bootstrap.mean(values, 1);

        assertThat(share.value()).isEqualTo(0.25);
        assertThat(share.low()).isBetween(0.18, 0.24);
        assertThat(share.high()).isBetween(0.26, 0.32);
    }

    @Test
    void shouldChooseTheOwnCaptionOnlyWhenItIsTheNearest() {
        List<RPrecision.Caption> captions = new ArrayList<>();
        float[][] images = new float[200][];
        for (int i = 0; i < images.length; i++) {
            float[] vector = unit(i);
            captions.add(new RPrecision.Caption(unit(1000 + i), vector, ""));
            images[i] = i % 2 == 0 ? vector : unit(5000 + i);
        }

        double[] hits = RPrecision.hits(images, captions, 1);

        assertThat(Arrays.stream(hits).sum()).isBetween(100.0, 106.0);
        assertThat(hits[0]).isEqualTo(1);
    }

    @Test
    void shouldNotHoldACaptionOfTheSameClassAgainstAnImage() {
        float[] vector = unit(1);
        List<RPrecision.Caption> captions = List.of(
                new RPrecision.Caption(unit(10), vector, "boot"), new RPrecision.Caption(unit(11), vector, "boot"));

        assertThat(RPrecision.hits(new float[][] {vector, vector}, captions, 1)).containsExactly(1, 1);
    }

    @Test
    void shouldKnowTheColourOfAThingOnWhite() {
        assertThat(NamedColour.RED.dominates(square(200, 20, 20))).isTrue();
        assertThat(NamedColour.GREEN.dominates(square(200, 20, 20))).isFalse();
        assertThat(NamedColour.BLUE.dominates(square(30, 100, 220))).isTrue();
        assertThat(NamedColour.YELLOW.dominates(square(255, 200, 30))).isTrue();
        assertThat(NamedColour.ORANGE.dominates(square(245, 124, 0))).isTrue();
        assertThat(NamedColour.BROWN.dominates(square(120, 70, 40))).isTrue();
        assertThat(NamedColour.BLACK.dominates(square(20, 20, 20))).isTrue();
        assertThat(NamedColour.RED.dominates(square(255, 255, 255)))
                .as("nothing there")
                .isFalse();
    }

    @Test
    void shouldFindTheOneColourThatACaptionNames() {
        assertThat(NamedColour.namedIn("a Red apple", "en")).contains(NamedColour.RED);
        assertThat(NamedColour.namedIn("red and green", "en")).isEmpty();
        assertThat(NamedColour.namedIn("a hundred", "en")).isEmpty();
        assertThat(NamedColour.namedIn("蓝色圆", "zh")).contains(NamedColour.BLUE);
        assertThat(NamedColour.namedIn("粉红色的心", "zh")).contains(NamedColour.PINK);
        assertThat(NamedColour.namedIn("旗: 白俄罗斯", "zh")).isEmpty();
    }

    @Test
    void shouldMeasureNoSpreadInOneImage() {
        assertThat(ImageDiversity.of(List.of(square(1, 2, 3), square(1, 2, 3)))).isZero();
        assertThat(ImageDiversity.of(List.of(flat(0), flat(255)))).isEqualTo(1);
    }

    private static float[][] normal(int count, long seed, double shift, double scale) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = CounterNoise.normal(seed, i, DIMENSIONS);
            for (int j = 0; j < DIMENSIONS; j++) {
                rows[i][j] = (float) (rows[i][j] * scale + shift);
            }
        }
        return rows;
    }

    private static float[] unit(long seed) {
        float[] vector = CounterNoise.normal(seed, 0, 64);
        double norm = Math.sqrt(VectorMath.product(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) norm;
        }
        return vector;
    }

    private static Pixels flat(int value) {
        byte[] rgb = new byte[3 * 16];
        Arrays.fill(rgb, (byte) value);
        return new Pixels(4, 4, rgb);
    }

    private static Pixels square(int red, int green, int blue) {
        byte[] rgb = new byte[3 * 32 * 32];
        Arrays.fill(rgb, (byte) 255);
        for (int y = 8; y < 24; y++) {
            for (int x = 8; x < 24; x++) {
                int at = 3 * (y * 32 + x);
                rgb[at] = (byte) red;
                rgb[at + 1] = (byte) green;
                rgb[at + 2] = (byte) blue;
            }
        }
        return new Pixels(32, 32, rgb);
    }
}
