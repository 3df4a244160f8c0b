package dev.limner.training.gate;

import dev.limner.training.evaluate.MetricValue.Metric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How often the gate is wrong, on scores that are made up and run through its own rules. A function of the seed. What is
 * made up: captions differ in whom they favour; the draws of a caption and the models' common noise are as in a plan.
 */
public final class GateSimulation {
    private static final int CAPTIONS = 150;
    private static final int CLASSES = 20;
    private static final int OF_A_CLASS = 15;
    private static final double CLASS_HITS = 0.7;
    /** How far captions differ in whom they favour. */
    private static final double SPREAD = 0.6;

    private static final Map<Metric, Double> USUAL = new EnumMap<>(Map.of(
            Metric.KID, 0.04,
            Metric.SLICED_WASSERSTEIN, 0.2,
            Metric.COVERAGE, 0.8,
            Metric.DIVERSITY, 0.3,
            Metric.R_PRECISION, 0.75,
            Metric.CLASS_ACCURACY, 0.7));
    private static final double COMMON_NOISE = 0.03;
    private static final double OWN_NOISE = 0.02;

    private GateSimulation() {}

    /**
     * A candidate to make scores of.
     *
     * @param wins of each contest, in truth: 0.5 is no gain
     * @param further times as far from real images, in truth: 1 is no harm
     * @param forgotten how much less often images of one class fit their captions
     */
    public record Candidate(List<Double> wins, double further, double forgotten) {
        /** No better and no worse, in two contests. */
        public static final Candidate EQUAL = new Candidate(List.of(0.5, 0.5), 1, 0);

        public Candidate {
            wins = List.copyOf(wins);
        }
    }

    /**
     * Lines of rounds that come to nothing, and some that do.
     *
     * @param lines how many
     * @param wrong how many of them ever released what was no better
     * @param releases of what was better, on average a line
     */
    public record Lines(int lines, int wrong, double releases) {
        /** Share of the lines. */
        public double rate() {
            return (double) wrong / lines;
        }
    }

    private record Line(boolean wrong, int releases) {}

    /**
     * Follows lines.
     *
     * @param better every so many rounds a candidate is better, with this share of wins; 0 for never
     * @param every how many
     */
    public static Lines lines(int lines, int rounds, double better, int every, long seed) {
        Candidate good = new Candidate(List.of(better, 0.5), 1, 0);
        List<Line> all = LongStream.range(0, lines)
                .parallel()
                .mapToObj(number -> line(rounds, every, better > 0 ? good : Candidate.EQUAL, random(seed, number)))
                .toList();
        return new Lines(
                lines,
                (int) all.stream().filter(Line::wrong).count(),
                all.stream().mapToInt(Line::releases).average().orElse(0));
    }

    private static Line line(int rounds, int every, Candidate good, SplittableRandom random) {
        ErrorBudget budget = ErrorBudget.FIRST;
        boolean wrong = false;
        int releases = 0;
        for (int round = 1; round <= rounds; round++) {
            boolean isGood = !good.equals(Candidate.EQUAL) && round % every == 0;
            if (passes(isGood ? good : Candidate.EQUAL, budget, random)) {
                wrong |= !isGood;
                releases += isGood ? 1 : 0;
                budget = new ErrorBudget(budget.releases() + 1, 0);
            } else {
                budget = new ErrorBudget(budget.releases(), budget.attempts() + 1);
            }
        }
        return new Line(wrong, releases);
    }

    /** Share of the rounds that let such a candidate pass. */
    public static double passes(Candidate candidate, ErrorBudget budget, int rounds, long seed) {
        return LongStream.range(0, rounds)
                        .parallel()
                        .filter(number -> passes(candidate, budget, random(seed, number)))
                        .count()
                / (double) rounds;
    }

    /** Seeds one apart give {@link SplittableRandom} one sequence, shifted. */
    private static SplittableRandom random(long seed, long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ new SplittableRandom(number).nextLong());
    }

    private static boolean passes(Candidate candidate, ErrorBudget budget, SplittableRandom random) {
        Map<String, double[]> wins = new TreeMap<>();
        for (int contest = 0; contest < candidate.wins().size(); contest++) {
            wins.put("contest" + contest, wins(candidate.wins().get(contest), random));
        }
        double[] noise = IntStream.range(0, QualityGate.DRAWS * USUAL.size())
                .mapToDouble(i -> COMMON_NOISE * random.nextGaussian())
                .toArray();
        return GateRules.checks(
                        wins,
                        generated(candidate.further(), candidate.forgotten(), noise, random),
                        generated(1, 0, noise, random),
                        Optional.empty(),
                        budget)
                .stream()
                .allMatch(GateCheck::passed);
    }

    private static double[] wins(double share, SplittableRandom random) {
        double[] wins = new double[CAPTIONS];
        for (int i = 0; i < CAPTIONS; i++) {
            double mine = share + SPREAD * (random.nextDouble() - 0.5);
            wins[i] = binomial(mine, random);
        }
        return wins;
    }

    private static double binomial(double share, SplittableRandom random) {
        return (double) Integer.bitCount(hits(share, random)) / QualityGate.DRAWS;
    }

    /** Eight draws as bits, from the eight bytes of one number; the share in steps of 1/256. */
    private static int hits(double share, SplittableRandom random) {
        long bytes = random.nextLong();
        long limit = Math.round(share * 256);
        int hits = 0;
        for (int draw = 0; draw < QualityGate.DRAWS; draw++) {
            hits |= ((bytes >>> (8 * draw)) & 0xff) < limit ? 1 << draw : 0;
        }
        return hits;
    }

    private static ModelScores generated(double further, double forgotten, double[] noise, SplittableRandom random) {
        Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
        int[] next = {0};
        USUAL.forEach((metric, usual) -> {
            double times = metric == Metric.KID || metric == Metric.SLICED_WASSERSTEIN ? further : 1;
            figures.put(
                    metric,
                    IntStream.range(0, QualityGate.DRAWS)
                            .mapToDouble(i -> usual * (times + noise[next[0]++] + OWN_NOISE * random.nextGaussian()))
                            .toArray());
        });
        Map<Integer, double[][]> hits = new TreeMap<>();
        for (int key = 0; key < CLASSES; key++) {
            double share = CLASS_HITS - (key == 0 ? forgotten : 0);
            double[][] draws = new double[QualityGate.DRAWS][OF_A_CLASS];
            for (int i = 0; i < OF_A_CLASS; i++) {
                int seen = hits(share, random);
                for (int draw = 0; draw < QualityGate.DRAWS; draw++) {
                    draws[draw][i] = (seen >>> draw) & 1;
                }
            }
            hits.put(key, draws);
        }
        return new ModelScores(figures, hits);
    }
}
