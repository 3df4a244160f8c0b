package dev.limner.training.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Variances and intervals against closed forms and brute force. How often they hold the truth, limner bench intervals says. */
class IntervalsTest {
    @Test
    void shouldHaveTheVarianceOfAMean() {
        double[] values = values(20, 1);
        double expected = variance(values) / 20;
        SampleUnits units = SampleUnits.independent(20);
        Jackknife jackknife = Jackknife.over(units, 1);
        int[] all = IntStream.range(0, 20).toArray();

        Variation plain = jackknife.plain(kept -> new double[] {mean(values, jackknife.kept(all, kept))})[0];
        Variation corrected = jackknife.corrected(kept -> new double[] {mean(values, jackknife.kept(all, kept))});

        assertThat(plain.value()).isCloseTo(mean(values, all), within(1e-12));
        assertThat(plain.variance()).isCloseTo(expected, within(1e-12));
        assertThat(corrected.variance()).isCloseTo(expected, within(0.1 * expected));
        assertThat(ClusteredMean.of(values, units).variance()).isCloseTo(expected, within(1e-12));
        assertThat(HalfSampling.of(units, 1, kept -> new double[] {mean(values, kept)})[0].variance())
                .isBetween(0.5 * expected, 1.7 * expected);
    }

    @Test
    void shouldCorrectTheJackknifeOfSumsOverPairs() {
        // The product of all pairs of independent values of mean 0: nothing but pairs, variance 2 / (n (n - 1)).
        int size = 40;
        double expected = 2.0 / (size * (size - 1));
        double plain = 0;
        double corrected = 0;
        int repetitions = 300;
        for (int repetition = 0; repetition < repetitions; repetition++) {
            double[] values = values(size, 100 + repetition);
            Jackknife jackknife = Jackknife.over(SampleUnits.independent(size), 20, repetition);
            int[] all = IntStream.range(0, size).toArray();
            plain += jackknife.plain(kept -> new double[] {pairs(values, jackknife.kept(all, kept))})[0].variance();
            corrected += jackknife
                    .corrected(kept -> new double[] {pairs(values, jackknife.kept(all, kept))})
                    .variance();
        }

        assertThat(plain / repetitions).isBetween(1.7 * expected, 2.5 * expected);
        assertThat(corrected / repetitions).isBetween(0.9 * expected, 0.85 * plain / repetitions);
    }

    @Test
    void shouldCountTheValuesOfOneSubjectAsOne() {
        double[] values = values(30, 1);
        double[] twice = IntStream.range(0, 60).mapToDouble(i -> values[i / 2]).toArray();
        SampleUnits pairs =
                new SampleUnits(IntStream.range(0, 60).map(i -> i / 2).toArray(), new int[60]);

        assertThat(ClusteredMean.of(twice, pairs).variance())
                .isCloseTo(ClusteredMean.of(values, SampleUnits.independent(30)).variance(), within(1e-12));
    }

    @Test
    void shouldEndTheIntervalOfAShareAtNothingAndAtAll() {
        // Wilson's interval of none of ten.
        Estimate none = new Variation(0, 0, 1_000_000).share(10, 10);
        Estimate all = new Variation(1, 0, 1_000_000).share(10, 10);
        Estimate some = new Variation(0.3, 0.3 * 0.7 / 10, 1_000_000).share(10, 10);

        assertThat(none.low()).isZero();
        assertThat(none.high()).isCloseTo(0.2775, within(1e-4));
        assertThat(all.low()).isCloseTo(0.7225, within(1e-4));
        assertThat(all.high()).isEqualTo(1);
        assertThat(some.low()).isCloseTo(0.1078, within(1e-4));
        assertThat(some.high()).isCloseTo(0.6032, within(1e-4));
    }

    @Test
    void shouldHalveByUnits() {
        SampleUnits units =
                new SampleUnits(IntStream.range(0, 90).map(i -> i / 3).toArray(), new int[90]);

        Comparison halves = Comparison.halves(units, 5);

        assertThat(halves.directions()).hasSize(2);
        for (Comparison.Direction direction : halves.directions()) {
            assertThat(direction.real()).hasSize(45);
            assertThat(direction.placed()).hasSize(45);
            assertThat(Arrays.stream(direction.real()).map(i -> i / 3).boxed().toList())
                    .doesNotContainAnyElementsOf(Arrays.stream(direction.placed())
                            .map(i -> i / 3)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void shouldMeetEverySubsetOfTheTrainingImages() {
        float[] near = {1, 2, 4, 7, 11, 16};
        double sum = 0;
        int subsets = 0;
        for (int a = 0; a < 6; a++) {
            for (int b = a + 1; b < 6; b++) {
                for (int c = b + 1; c < 6; c++) {
                    sum += near[a];
                    subsets++;
                }
            }
        }
        float[][] toTraining = {near, near, near};
        float[][] toReal = {{2, 5, 5}, {2, 5, 5}, {2, 5, 5}};

        Estimate found =
                Memorisation.ofEqualPools(toTraining, 6, toReal, Comparison.whole(SampleUnits.independent(3)), 1);

        assertThat(found.value()).isCloseTo(sum / subsets / 2, within(1e-6));
        assertThat(Memorisation.counted(3, 6)).isEqualTo(4);
    }

    @Test
    void shouldTellCopiesFromNewImages() {
        SplittableRandom random = new SplittableRandom(3);
        double[] real = random.doubles(400).toArray();
        double[] alike = random.doubles(400).toArray();
        Comparison whole = Comparison.whole(SampleUnits.independent(400));

        assertThat(Memorisation.copies(new double[400], real, whole, 1).low()).isGreaterThan(0.95);
        Estimate none = Memorisation.copies(alike, real, whole, 1);
        assertThat(Memorisation.NEAR).isBetween(none.low(), none.high());
    }

    @Test
    void shouldSeeThatBrightnessFollowsANumber() {
        List<Pixels> images = new ArrayList<>();
        for (int caption = 0; caption < 6; caption++) {
            for (int value = 0; value < 5; value++) {
                byte[] rgb = new byte[3 * 16];
                Arrays.fill(rgb, (byte) (200 - 30 * value + caption));
                images.add(new Pixels(4, 4, rgb));
            }
        }

        Estimate followed = CodeCorrelation.best(CodeCorrelation.series(6, 5, images));

        assertThat(followed.value()).isEqualTo(1);
    }

    private static double pairs(double[] values, int[] kept) {
        double sum = 0;
        for (int i : kept) {
            for (int j : kept) {
                sum += i == j ? 0 : values[i] * values[j];
            }
        }
        return sum / kept.length / (kept.length - 1);
    }

    private static double mean(double[] values, int[] kept) {
        return Arrays.stream(kept).mapToDouble(i -> values[i]).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }

    private static double[] values(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToDouble(i -> random.nextGaussian()).toArray();
    }
}
