package dev.limner.training.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.noise.CounterNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final int DIMENSIONS = 8;

    @Test
    void shouldFindNoKernelDistanceBetweenSamplesOfOneDistribution() {
        Comparison whole = Comparison.whole(SampleUnits.independent(400));
        Estimate same = KernelInceptionDistance.of(normal(400, 1, 0, 1), normal(400, 2, 0, 1), whole, 1);
        Estimate shifted = KernelInceptionDistance.of(normal(400, 1, 0, 1), normal(400, 2, 0.5, 1), whole, 1);

        assertThat(same.value()).isCloseTo(0, within(0.02));
        assertThat(same.low()).isNegative();
        assertThat(same.high()).isPositive();
        assertThat(shifted.low()).isPositive();
        assertThat(shifted.value()).isGreaterThan(20 * Math.abs(same.value()));
    }

    @Test
    void shouldAgreeWithTheClosedFormOfTheKernelDistance() {
        // In one dimension the kernel is (xy)^3 + 3 (xy)^2 + 3 xy + 1, so the distance is one of the first three
        // moments.
        double expected = Math.pow(0.125 + 1.5, 2) + 3 * Math.pow(0.25, 2) + 3 * Math.pow(0.5, 2);
        float[][] real = normal(1500, 1, 1, 0, 1);
        float[][] other = normal(1500, 1, 2, 0.5, 1);

        assertThat(KernelInceptionDistance.between(real, other)).isCloseTo(expected, within(1.0));
        Estimate found = KernelInceptionDistance.of(real, other, Comparison.whole(SampleUnits.independent(1500)), 1);
        assertThat(expected).isBetween(found.low(), found.high());
    }

    @Test
    void shouldNotCompareImagesOfOneSubjectInTheKernelDistance() {
        float[][] real = normal(60, 1, 0, 1);
        float[][] other = normal(60, 2, 0, 1);
        int[] units = IntStream.range(0, 60).map(i -> i / 3).toArray();
        Comparison whole = Comparison.whole(new SampleUnits(units, new int[60]));

        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 60; j++) {
                if (units[i] != units[j]) {
                    sum += kernel(real[i], real[j])
                            + kernel(other[i], other[j])
                            - kernel(real[i], other[j])
                            - kernel(real[j], other[i]);
                    pairs++;
                }
            }
        }
        assertThat(KernelInceptionDistance.of(real, other, whole, 1).value()).isCloseTo(sum / pairs, within(1e-9));
    }

    private static double kernel(float[] a, float[] b) {
        return Math.pow(VectorMath.product(a, b) / a.length + 1, 3);
    }

    @Test
    void shouldAgreeWithTheClosedFormOfTheFrechetDistance() {
        // Between N(0, I) and N(m, 4 I): |m|^2 + d (1 - 2)^2.
        double expected = DIMENSIONS * 0.25 + DIMENSIONS;

        Estimate found = FrechetDistance.of(
                normal(20_000, 1, 0, 1),
                normal(20_000, 2, 0.5, 2),
                Comparison.whole(SampleUnits.independent(20_000)),
                1);

        assertThat(found.value()).isCloseTo(expected, within(0.15));
        assertThat(expected).isBetween(found.low(), found.high());
    }

    @Test
    void shouldTellLostVarietyFromLostQuality() {
        float[][] real = normal(400, 1, 0, 1);
        Comparison whole = Comparison.whole(SampleUnits.independent(400));
        ManifoldMetrics narrow = ManifoldMetrics.of(real, normal(400, 2, 0, 0.05), whole, 1);
        ManifoldMetrics wild = ManifoldMetrics.of(real, normal(400, 2, 0, 6), whole, 1);
        ManifoldMetrics fine = ManifoldMetrics.of(real, normal(400, 2, 0, 1), whole, 1);

        assertThat(narrow.precision().value()).isGreaterThan(0.95);
        assertThat(narrow.recall().value()).isLessThan(0.1);
        assertThat(narrow.coverage().value()).isLessThan(0.3);
        assertThat(wild.precision().value()).isLessThan(0.1);
        assertThat(wild.density().value()).isLessThan(0.1);
        assertThat(fine.coverage().value()).isGreaterThan(0.9);
        assertThat(fine.density().value()).isCloseTo(1, within(0.15));
    }

    @Test
    void shouldAgreeWithBruteForceAboutNeighboursInBothDirectionsOfTheHalves() {
        float[][] real = normal(40, 1, 0, 1);
        float[][] other = normal(40, 2, 0.3, 0.8);
        Comparison halves = Comparison.halves(SampleUnits.independent(40), 3);
        double precision = 0;
        double recall = 0;
        double density = 0;
        double coverage = 0;
        for (Comparison.Direction direction : halves.directions()) {
            for (int i : direction.placed()) {
                long balls = Arrays.stream(direction.real())
                        .filter(j -> distance(other[i], real[j]) <= radius(real, direction.real(), j))
                        .count();
                precision += balls > 0 ? 1 / 40.0 : 0;
                density += balls / 5.0 / 40;
            }
            for (int j : direction.real()) {
                recall += Arrays.stream(direction.placed())
                                .anyMatch(i -> distance(other[i], real[j]) <= radius(other, direction.placed(), i))
                        ? 1 / 40.0
                        : 0;
                coverage += Arrays.stream(direction.placed())
                                .anyMatch(i -> distance(other[i], real[j]) <= radius(real, direction.real(), j))
                        ? 1 / 40.0
                        : 0;
            }
        }

        ManifoldMetrics found = ManifoldMetrics.of(real, other, halves, 1);

        assertThat(found.precision().value()).isCloseTo(precision, within(1e-9));
        assertThat(found.recall().value()).isCloseTo(recall, within(1e-9));
        assertThat(found.density().value()).isCloseTo(density, within(1e-9));
        assertThat(found.coverage().value()).isCloseTo(coverage, within(1e-9));
    }

    private static double distance(float[] a, float[] b) {
        return VectorMath.squaredDistance(a, b);
    }

    private static double radius(float[][] rows, int[] among, int of) {
        return Arrays.stream(among)
                .filter(j -> j != of)
                .mapToDouble(j -> distance(rows[of], rows[j]))
                .sorted()
                .toArray()[ManifoldMetrics.NEIGHBOURS - 1];
    }

    @Test
    void shouldKnowTheCoverageOfSamplesOfOneDistribution() {
        Comparison whole = Comparison.whole(SampleUnits.independent(60));
        double mean = IntStream.range(0, 60)
                .mapToDouble(i -> ManifoldMetrics.of(
                                normal(60, 2L * i + 1, 0, 1), normal(60, 2L * i + 2, 0, 1), whole, 1)
                        .coverage()
                        .value())
                .average()
                .orElseThrow();

        assertThat(mean).isCloseTo(ManifoldMetrics.coverageOfEquals(60, 60), within(0.006));
    }

    @Test
    void shouldNeedMoreImagesThanNeighbours() {
        assertThatThrownBy(() -> ManifoldMetrics.of(
                        normal(5, 1, 0, 1), normal(5, 2, 0, 1), Comparison.whole(SampleUnits.independent(5)), 1))
                .hasMessageContaining("more than 5 images, there are 5 real and 5 generated");
    }

    @Test
    void shouldSeeAShiftAlongEveryDirection() {
        float[][] real = normal(500, 1, 0, 1);
        double same = SlicedWasserstein.between(real, normal(500, 2, 0, 1), 1);
        double shifted = SlicedWasserstein.between(real, normal(500, 2, 1, 1), 1);

        assertThat(same).isLessThan(0.12);
        assertThat(shifted).isGreaterThan(0.5);
        // Every vector twice is the same distribution.
        float[][] twice = Arrays.copyOf(real, 1000);
        System.arraycopy(real, 0, twice, 500, 500);
        assertThat(SlicedWasserstein.between(real, twice, 1)).isCloseTo(0, within(1e-6));
        // In one dimension a shift is its own distance, whatever the sizes.
        float[][] line = {{0}, {1}, {2}};
        float[][] further = {{3}, {3}, {4}, {4}, {5}, {5}};
        assertThat(SlicedWasserstein.between(line, further, 1)).isCloseTo(3, within(1e-6));
    }

    @Test
    void shouldMeasureTheSameInTheIntervalAsBetweenTwoSamples() {
        float[][] real = normal(80, 1, 0, 1);
        float[][] other = normal(80, 2, 0.4, 1);
        Comparison whole = Comparison.whole(SampleUnits.independent(80));

        assertThat(SlicedWasserstein.of(real, other, whole, 7).value())
                .isCloseTo(SlicedWasserstein.between(real, other, 7), within(1e-9));
        assertThat(FrechetDistance.of(real, other, whole, 7).value())
                .isCloseTo(FrechetDistance.between(real, other), within(1e-9));
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

        double[] hits = RPrecision.hits(images, captions);
        Estimate share = RPrecision.of(images, captions, SampleUnits.independent(200), 1);

        assertThat(Arrays.stream(hits).sum()).isBetween(100.0, 106.0);
        assertThat(hits[0]).isEqualTo(1);
        assertThat(share.value()).isCloseTo(Arrays.stream(hits).average().orElseThrow(), within(1e-9));
        assertThat(0.51).isBetween(share.low(), share.high());
    }

    @Test
    void shouldCountHowManySetsOfCaptionsLeaveTheOwnOneFirst() {
        // Of 120 others three are nearer: they must be among the 21 that a set of 99 leaves out.
        List<RPrecision.Caption> captions = new ArrayList<>();
        float[][] images = new float[121][];
        float[] image = {1, 0};
        for (int i = 0; i < images.length; i++) {
            images[i] = image;
            float height = i == 0 ? 0.5f : i <= 3 ? 0.9f : 0.1f;
            captions.add(new RPrecision.Caption(unit(i), new float[] {height, 0}, ""));
        }

        assertThat(RPrecision.hits(images, captions)[0]).isCloseTo(21.0 * 20 * 19 / (120.0 * 119 * 118), within(1e-12));
    }

    @Test
    void shouldNotHoldACaptionOfTheSameClassAgainstAnImage() {
        float[] vector = unit(1);
        List<RPrecision.Caption> captions = List.of(
                new RPrecision.Caption(unit(10), vector, "boot"), new RPrecision.Caption(unit(11), vector, "boot"));

        assertThat(RPrecision.hits(new float[][] {vector, vector}, captions)).containsExactly(1, 1);
    }

    @Test
    void shouldPutAnotherColourIntoACaption() {
        assertThat(NamedColour.renamed("a Red apple", "en", NamedColour.RED, NamedColour.BLUE))
                .contains("a blue apple");
        assertThat(NamedColour.renamed("红色圆", "zh", NamedColour.RED, NamedColour.BLUE))
                .contains("蓝色圆");
        assertThat(NamedColour.renamed("粉红色的心", "zh", NamedColour.PINK, NamedColour.GREEN))
                .contains("绿色的心");
        assertThat(NamedColour.renamed("红灯笼", "zh", NamedColour.RED, NamedColour.GREEN))
                .as("no colour's word")
                .isEmpty();
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
        return normal(count, DIMENSIONS, seed, shift, scale);
    }

    private static float[][] normal(int count, int dimensions, long seed, double shift, double scale) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = CounterNoise.normal(seed, i, dimensions);
            for (int j = 0; j < dimensions; j++) {
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
