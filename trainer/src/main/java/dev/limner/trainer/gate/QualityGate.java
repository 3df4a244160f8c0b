package dev.limner.trainer.gate;

import dev.limner.trainer.eval.Artist;
import dev.limner.trainer.eval.Exhibition;
import dev.limner.trainer.eval.Figure.Metric;
import dev.limner.trainer.eval.Plan;
import dev.limner.trainer.eval.Scoring;
import dev.limner.trainer.eval.judge.Judges;
import dev.limner.trainer.eval.metric.Bootstrap;
import dev.limner.trainer.eval.metric.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Measures a candidate against the model it was tuned from, on fixed captions and fixed noise that the tuner never saw.
 * Both draw everything several times with other noise; a limit is never tighter than what the incumbent differs from
 * itself by. One gate for everybody: nothing in it depends on who gave the feedback. One thread.
 */
public final class QualityGate {
    static final String LATENCY = "latency";

    private static final int DRAWS = 3;
    private static final double CHANCE = 0.5;
    private static final double FURTHER = 1.05;
    private static final double COVERAGE = 0.95;
    private static final double DIVERSITY = 0.9;
    private static final double POINT = 0.01;
    private static final double FORGOTTEN = 0.03;
    private static final int FEWEST_OF_A_CLASS = 12;
    private static final double SIGMAS = 2;
    private static final double SIGMAS_OF_MANY = 3;
    private static final double SLOWER = 1.2;
    private static final int LATENCY_ROUNDS = 7;

    private final Plan plan;
    private final Judges judges;

    /** The judges stay the caller's. */
    public QualityGate(Plan plan, Judges judges) {
        this.plan = plan;
        this.judges = judges;
    }

    /** A model's draws of the plan. */
    private record Drawn(Map<Metric, double[]> figures, Map<Integer, double[]> hits) {
        double mean(Metric metric) {
            return Arrays.stream(of(metric)).average().orElse(Double.NaN);
        }

        double[] of(Metric metric) {
            return figures.getOrDefault(metric, new double[0]);
        }

        /** Standard deviation from one draw to the next. */
        double noise(Metric metric) {
            double[] values = of(metric);
            double mean = mean(metric);
            double squares = Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
        }
    }

    /**
     * Measures.
     *
     * @param contests what the candidate should be better at; it has to be in all of them
     */
    public GateVerdict judge(Artist candidate, Artist incumbent, List<Contest> contests) {
        Map<String, Estimate> won = new LinkedHashMap<>();
        List<GateCheck> checks = new ArrayList<>();
        for (Contest contest : contests) {
            double[] wins = contest.wins(candidate.draw(contest.commissions()), incumbent.draw(contest.commissions()));
            Estimate estimate = Bootstrap.mean(wins, plan.seed());
            won.put(contest.name(), estimate);
            checks.add(new GateCheck(
                    contest.name(),
                    estimate.low(),
                    CHANCE,
                    CHANCE,
                    "the lower end of its interval must be above chance",
                    estimate.low() > CHANCE));
        }
        Drawn after;
        Drawn before;
        try (Scoring scoring = new Scoring(plan, judges)) {
            after = drawn(scoring, candidate);
            before = drawn(scoring, incumbent);
        }
        limits(after, before, checks);
        forgetting(after, before, checks);
        latency(candidate, incumbent, checks);
        Map<Metric, GateReport.Pair> figures = new EnumMap<>(Metric.class);
        after.figures()
                .keySet()
                .forEach(metric -> figures.put(metric, new GateReport.Pair(after.mean(metric), before.mean(metric))));
        GateReport report = new GateReport(won, checks, figures);
        List<String> reasons = checks.stream()
                .filter(check -> !check.passed())
                .map(GateCheck::reason)
                .toList();
        return reasons.isEmpty() ? new GateVerdict.Pass(report) : new GateVerdict.Fail(report, reasons);
    }

    private Drawn drawn(Scoring scoring, Artist artist) {
        Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
        Map<Integer, double[]> hits = new TreeMap<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            int number = draw;
            Exhibition pictures = Exhibition.drawn(plan.withSeed(plan.seed() + 1000L * draw), artist);
            scoring.of(pictures)
                    .forEach((metric, estimate) ->
                            figures.computeIfAbsent(metric, key -> new double[DRAWS])[number] = estimate.value());
            scoring.hitsByClass(pictures).forEach((key, values) -> hits.merge(key, values, QualityGate::joined));
        }
        return new Drawn(figures, hits);
    }

    private static double[] joined(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static void limits(Drawn after, Drawn before, List<GateCheck> checks) {
        for (Metric metric : List.of(Metric.KID, Metric.SLICED_WASSERSTEIN)) {
            double limit = Math.max(FURTHER * before.mean(metric), before.mean(metric) + SIGMAS * before.noise(metric));
            checks.add(GateCheck.atMost(
                    metric.id(), after.mean(metric), before.mean(metric), limit, "at most 1.05 times, or noise"));
        }
        atLeast(Metric.COVERAGE, COVERAGE, "at least 0.95 times, or noise", after, before, checks);
        atLeast(Metric.DIVERSITY, DIVERSITY, "at least 0.9 times, or noise", after, before, checks);
        for (Metric metric : List.of(Metric.R_PRECISION, Metric.CLASS_ACCURACY)) {
            if (before.of(metric).length > 0) {
                double limit = before.mean(metric) - Math.max(POINT, SIGMAS * before.noise(metric));
                checks.add(GateCheck.atLeast(
                        metric.id(), after.mean(metric), before.mean(metric), limit, "at most 1 point less, or noise"));
            }
        }
    }

    private static void atLeast(
            Metric metric, double share, String rule, Drawn after, Drawn before, List<GateCheck> checks) {
        double limit = Math.min(share * before.mean(metric), before.mean(metric) - SIGMAS * before.noise(metric));
        checks.add(GateCheck.atLeast(metric.id(), after.mean(metric), before.mean(metric), limit, rule));
    }

    /** In no class of things may the pictures fit their captions much less often. */
    private static void forgetting(Drawn after, Drawn before, List<GateCheck> checks) {
        before.hits().forEach((key, old) -> {
            double[] now = Objects.requireNonNull(after.hits().get(key));
            if (old.length < DRAWS * FEWEST_OF_A_CLASS) {
                return;
            }
            double[] change = IntStream.range(0, old.length)
                    .mapToDouble(i -> now[i] - old[i])
                    .toArray();
            double mean = Arrays.stream(change).average().orElse(0);
            double squares = Arrays.stream(change)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            // The draws of one caption are not independent; and of many classes some look bad by chance.
            double error = Math.sqrt(squares / change.length / (change.length / (double) DRAWS));
            double was = Arrays.stream(old).average().orElse(0);
            checks.add(GateCheck.atLeast(
                    String.format(Locale.ROOT, "class%02d", key),
                    was + mean,
                    was,
                    was - FORGOTTEN - SIGMAS_OF_MANY * error,
                    "in no class of things more than 3 points less, or noise"));
        });
    }

    private void latency(Artist candidate, Artist incumbent, List<GateCheck> checks) {
        List<Artist.Commission> some = plan.heldOut().stream()
                .limit(64)
                .map(subject -> new Artist.Commission(subject.caption(), subject.embedding(), plan.seed()))
                .toList();
        double mine = Double.MAX_VALUE;
        double other = Double.MAX_VALUE;
        for (int round = 0; round < LATENCY_ROUNDS; round++) {
            other = Math.min(other, seconds(incumbent, some));
            mine = Math.min(mine, seconds(candidate, some));
        }
        checks.add(GateCheck.atMost(LATENCY, mine, other, SLOWER * other, "at most 1.2 times, the best of several"));
    }

    private static double seconds(Artist artist, List<Artist.Commission> commissions) {
        long start = System.nanoTime();
        var unused = artist.draw(commissions);
        return (System.nanoTime() - start) / 1e9;
    }
}
