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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Measures a candidate against the model it was tuned from, on fixed captions and fixed noise that the tuner never saw.
 * Both draw everything several times with other noise; a limit is never tighter than what the incumbent differs from
 * itself by. One gate for everybody: nothing in it depends on who gave the feedback. One thread.
 */
public final class QualityGate {
    static final String GAIN = "gain";
    static final String LATENCY = "latency";

    private static final int DRAWS = 3;
    private static final double CHANCE = 0.5;
    private static final Tolerance OF_INCUMBENT = new Tolerance("", 1.05, 0.95, 0.9, 0.01, 0.03);
    /** What all rounds since the first model may do together: three times what one may. */
    private static final Tolerance OF_FIRST = new Tolerance("SinceFirst", 1.15, 0.85, 0.7, 0.03, 0.09);

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

    /**
     * How much worse a candidate may be.
     *
     * @param suffix of the checks' names
     * @param further times as far from real pictures
     * @param coverage and diversity, times as much
     * @param points of those that fit their captions, of all and in a class of things
     */
    private record Tolerance(
            String suffix, double further, double coverage, double diversity, double points, double pointsOfClass) {}

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
     * @param first what feedback tuned first, if that is not the incumbent: many small losses must not add up
     * @param contests what the candidate should be better at: in one of them at least, and worse in none
     */
    public GateVerdict judge(Artist candidate, Artist incumbent, Optional<Artist> first, List<Contest> contests) {
        List<GateCheck> checks = new ArrayList<>();
        Map<String, Estimate> won = won(candidate, incumbent, contests, checks);
        Drawn after;
        Drawn before;
        try (Scoring scoring = new Scoring(plan, judges)) {
            after = drawn(scoring, candidate);
            before = drawn(scoring, incumbent);
            limits(OF_INCUMBENT, after, before, checks);
            first.ifPresent(artist -> limits(OF_FIRST, after, drawn(scoring, artist), checks));
        }
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

    /**
     * What was learned before is not to be won again: a round that only adds likes draws examples of long ago as well as
     * its parent does.
     */
    private Map<String, Estimate> won(
            Artist candidate, Artist incumbent, List<Contest> contests, List<GateCheck> checks) {
        Map<String, Estimate> won = new LinkedHashMap<>();
        for (Contest contest : contests) {
            double[] wins = contest.wins(candidate.draw(contest.commissions()), incumbent.draw(contest.commissions()));
            Estimate estimate = Bootstrap.mean(wins, plan.seed());
            won.put(contest.name(), estimate);
            checks.add(GateCheck.atLeast(
                    contest.name(),
                    estimate.high(),
                    CHANCE,
                    CHANCE,
                    "the upper end of its interval must not be below chance"));
        }
        if (!contests.isEmpty()) {
            double best = won.values().stream().mapToDouble(Estimate::low).max().orElse(CHANCE);
            checks.add(new GateCheck(
                    GAIN,
                    best,
                    CHANCE,
                    CHANCE,
                    "the lower end of the interval of one of " + String.join(", ", won.keySet())
                            + " must be above chance",
                    best > CHANCE));
        }
        return won;
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

    private static void limits(Tolerance allowed, Drawn after, Drawn before, List<GateCheck> checks) {
        for (Metric metric : List.of(Metric.KID, Metric.SLICED_WASSERSTEIN)) {
            double limit = Math.max(
                    allowed.further * before.mean(metric), before.mean(metric) + SIGMAS * before.noise(metric));
            checks.add(GateCheck.atMost(
                    metric.id() + allowed.suffix,
                    after.mean(metric),
                    before.mean(metric),
                    limit,
                    "at most " + allowed.further + " times, or noise"));
        }
        atLeast(Metric.COVERAGE, allowed.coverage, allowed, after, before, checks);
        atLeast(Metric.DIVERSITY, allowed.diversity, allowed, after, before, checks);
        for (Metric metric : List.of(Metric.R_PRECISION, Metric.CLASS_ACCURACY)) {
            if (before.of(metric).length > 0) {
                double limit = before.mean(metric) - Math.max(allowed.points, SIGMAS * before.noise(metric));
                checks.add(GateCheck.atLeast(
                        metric.id() + allowed.suffix,
                        after.mean(metric),
                        before.mean(metric),
                        limit,
                        "at most " + points(allowed.points) + " less, or noise"));
            }
        }
        forgetting(allowed, after, before, checks);
    }

    private static String points(double share) {
        long points = Math.round(100 * share);
        return points == 1 ? "1 point" : points + " points";
    }

    private static void atLeast(
            Metric metric, double share, Tolerance allowed, Drawn after, Drawn before, List<GateCheck> checks) {
        double limit = Math.min(share * before.mean(metric), before.mean(metric) - SIGMAS * before.noise(metric));
        checks.add(GateCheck.atLeast(
                metric.id() + allowed.suffix,
                after.mean(metric),
                before.mean(metric),
                limit,
                "at least " + share + " times, or noise"));
    }

    /** In no class of things may the pictures fit their captions much less often. */
    private static void forgetting(Tolerance allowed, Drawn after, Drawn before, List<GateCheck> checks) {
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
                    String.format(Locale.ROOT, "class%02d%s", key, allowed.suffix),
                    was + mean,
                    was,
                    was - allowed.pointsOfClass - SIGMAS_OF_MANY * error,
                    "in no class of things more than " + points(allowed.pointsOfClass) + " less, or noise"));
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
