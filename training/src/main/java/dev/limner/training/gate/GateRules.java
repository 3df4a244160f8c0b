package dev.limner.training.gate;

import dev.limner.training.evaluate.MetricValue.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a candidate's scores must be. Two families of hypotheses, each with a bound on the chance to be wrong about any of
 * them: that the candidate is better in some comparison, by the line's budget; and that it is worse in something, by one
 * chance in twenty a round. What is worse counts from a tolerance on, so that nobody is refused for a trifle that many
 * draws make certain.
 */
final class GateRules {
    static final String GAIN = "gain";

    private static final double CHANCE = 0.5;
    /** The chance to refuse, in one round, a candidate that is worse in nothing. */
    private static final double FALSE_REFUSAL = 0.05;

    private static final int FEWEST_OF_A_CLASS = 12;

    private static final Tolerance OF_INCUMBENT = new Tolerance("", 1.05, 0.95, 0.9, 0.01, 0.03);
    /** What all rounds since the first model may do together: three times what one may. */
    private static final Tolerance OF_FIRST = new Tolerance("SinceFirst", 1.15, 0.85, 0.7, 0.03, 0.09);

    private final List<Suspicion> suspicions = new ArrayList<>();

    private GateRules() {}

    /**
     * How much worse a candidate may be.
     *
     * @param suffix of the checks' names
     * @param further times as far from real images
     * @param coverage and diversity, times as much
     * @param points of those that fit their captions, of all and in a class of things
     */
    private record Tolerance(
            String suffix, double further, double coverage, double diversity, double points, double pointsOfClass) {}

    /**
     * That a candidate is worse in something.
     *
     * @param harm how much worse, one per caption or per draw; above 0 is worse
     * @param tolerated how much worse it may be, as the figures say
     * @param lowIsWorse whether a low figure is a bad one
     */
    private record Suspicion(
            String name,
            double candidate,
            double incumbent,
            PairedDifferences harm,
            double tolerated,
            boolean lowIsWorse,
            String rule) {
        GateCheck check(boolean found, double level) {
            double allowed = Math.max(tolerated, harm.notable(level));
            return new GateCheck(
                    name,
                    candidate,
                    incumbent,
                    lowIsWorse ? incumbent - allowed : incumbent + allowed,
                    rule,
                    // What cannot be measured is not within anything.
                    !Double.isNaN(harm.mean()) && !(found && harm.mean() > tolerated));
        }
    }

    /**
     * Holds scores against each other.
     *
     * @param wins of each contest, how often the candidate won, one value per caption
     * @param first of the model that was tuned first, if that is not the incumbent
     */
    static List<GateCheck> checks(
            Map<String, double[]> wins,
            ModelScores after,
            ModelScores before,
            Optional<ModelScores> first,
            ErrorBudget budget) {
        GateRules rules = new GateRules();
        Map<String, PairedDifferences> contests = new TreeMap<>();
        wins.forEach((name, values) -> contests.put(
                name,
                PairedDifferences.of(
                        Arrays.stream(values).map(value -> value - CHANCE).toArray())));
        contests.forEach((name, won) -> rules.suspicions.add(new Suspicion(
                name,
                CHANCE + won.mean(),
                CHANCE,
                won.turned(),
                0,
                true,
                "must not be below chance, or within noise")));
        rules.limits(OF_INCUMBENT, after, before);
        first.ifPresent(generated -> rules.limits(OF_FIRST, after, generated));
        List<GateCheck> checks = new ArrayList<>(rules.found());
        if (!contests.isEmpty()) {
            checks.add(gain(List.copyOf(contests.keySet()), List.copyOf(contests.values()), budget));
        }
        return checks;
    }

    /**
     * What was learned before is not to be won again: a round that only adds likes generates examples of long ago as well as
     * its parent does.
     */
    private static GateCheck gain(List<String> names, List<PairedDifferences> contests, ErrorBudget budget) {
        HolmCorrection holm = HolmCorrection.of(
                contests.stream().mapToDouble(PairedDifferences::chance).toArray(), budget.alpha());
        int best = IntStream.range(0, names.size())
                .reduce((a, b) -> contests.get(b).chance() < contests.get(a).chance() ? b : a)
                .orElseThrow();
        return new GateCheck(
                GAIN,
                CHANCE + contests.get(best).mean(),
                CHANCE,
                CHANCE + contests.get(best).notable(holm.levels()[best]),
                String.format(
                        Locale.ROOT,
                        "one of %s must be above chance, with an error of at most %.2g in this round: release %d of its"
                                + " line, attempt %d",
                        String.join(", ", names),
                        budget.alpha(),
                        budget.releases() + 1,
                        budget.attempts() + 1),
                holm.any());
    }

    private List<GateCheck> found() {
        HolmCorrection holm = HolmCorrection.of(
                suspicions.stream().mapToDouble(one -> one.harm().chance()).toArray(), FALSE_REFUSAL);
        return IntStream.range(0, suspicions.size())
                .mapToObj(i -> suspicions.get(i).check(holm.found()[i], holm.levels()[i]))
                .toList();
    }

    private void limits(Tolerance allowed, ModelScores after, ModelScores before) {
        for (Metric metric : List.of(Metric.KID, Metric.SLICED_WASSERSTEIN)) {
            suspect(
                    metric,
                    allowed,
                    after,
                    before,
                    (allowed.further - 1) * before.mean(metric),
                    false,
                    "at most " + allowed.further + " times, or noise");
        }
        suspectShare(Metric.COVERAGE, allowed.coverage, allowed, after, before);
        suspectShare(Metric.DIVERSITY, allowed.diversity, allowed, after, before);
        for (Metric metric : List.of(Metric.R_PRECISION, Metric.CLASS_ACCURACY)) {
            if (before.of(metric).length > 0) {
                String rule = "at most " + points(allowed.points) + " less, or noise";
                suspect(metric, allowed, after, before, allowed.points, true, rule);
            }
        }
        forgetting(allowed, after, before);
    }

    private static String points(double share) {
        long points = Math.round(100 * share);
        return points == 1 ? "1 point" : points + " points";
    }

    private void suspectShare(Metric metric, double share, Tolerance allowed, ModelScores after, ModelScores before) {
        double tolerated = (1 - share) * before.mean(metric);
        suspect(metric, allowed, after, before, tolerated, true, "at least " + share + " times, or noise");
    }

    private void suspect(
            Metric metric,
            Tolerance allowed,
            ModelScores after,
            ModelScores before,
            double tolerated,
            boolean lowIsWorse,
            String rule) {
        PairedDifferences more = differences(after.of(metric), before.of(metric));
        suspicions.add(new Suspicion(
                metric.id() + allowed.suffix,
                after.mean(metric),
                before.mean(metric),
                lowIsWorse ? more.turned() : more,
                tolerated,
                lowIsWorse,
                rule));
    }

    private static PairedDifferences differences(double[] after, double[] before) {
        return PairedDifferences.of(IntStream.range(0, before.length)
                .mapToDouble(i -> after[i] - before[i])
                .toArray());
    }

    /** In no class of things may the images fit their captions much less often. The draws of one caption are one value. */
    private void forgetting(Tolerance allowed, ModelScores after, ModelScores before) {
        before.hits().keySet().stream().sorted().forEach(key -> {
            double[] old = before.byCaption(key);
            if (old.length < FEWEST_OF_A_CLASS) {
                return;
            }
            PairedDifferences more = differences(Objects.requireNonNull(after.byCaption(key)), old);
            double was = Arrays.stream(old).average().orElse(0);
            suspicions.add(new Suspicion(
                    String.format(Locale.ROOT, "class%02d%s", key, allowed.suffix),
                    was + more.mean(),
                    was,
                    more.turned(),
                    allowed.pointsOfClass,
                    true,
                    "in no class of things more than " + points(allowed.pointsOfClass) + " less, or noise"));
        });
    }
}
