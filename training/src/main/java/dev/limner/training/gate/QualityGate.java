package dev.limner.training.gate;

import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.SampleScoring;
import dev.limner.training.evaluate.SampleSet;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures a candidate against the model it was tuned from, on fixed captions and fixed noise that the tuner never saw.
 * Both generate everything eight times with other noise; what is no further apart than that noise makes likely is equal. How
 * often it may be wrong is bounded over all that it looks at ({@link GateRules}) and over all rounds of a lineage ({@link
 * Budget}). One gate for everybody: nothing in it depends on who gave the feedback. One thread.
 */
public final class QualityGate {
    /** Noise draws per caption. */
    public static final int DRAWS = 8;

    static final String LATENCY = "latency";

    private static final double SLOWER = 1.2;
    private static final int LATENCY_ROUNDS = 7;

    private final EvaluationPlan plan;
    private final FeatureExtractors extractors;

    /** The judges stay the caller's. */
    public QualityGate(EvaluationPlan plan, FeatureExtractors extractors) {
        this.plan = plan;
        this.extractors = extractors;
    }

    /**
     * Measures.
     *
     * @param first what feedback tuned first, if that is not the incumbent: many small losses must not add up
     * @param contests what the candidate should be better at: in one of them at least, and worse in none
     * @param budget how often this round may be wrong
     */
    public GateVerdict judge(
            ImageSource candidate,
            ImageSource incumbent,
            Optional<ImageSource> first,
            List<PairwiseComparison> contests,
            ErrorBudget budget) {
        Map<String, double[]> wins = new LinkedHashMap<>();
        Map<String, Estimate> won = new LinkedHashMap<>();
        for (PairwiseComparison contest : contests) {
            double[] values = byCaption(
                    contest.prompts(),
                    contest.wins(candidate.generate(contest.prompts()), incumbent.generate(contest.prompts())));
            wins.put(contest.name(), values);
            won.put(contest.name(), Bootstrap.mean(values, plan.seed()));
        }
        ModelScores after;
        ModelScores before;
        Optional<ModelScores> origin;
        try (SampleScoring scoring = new SampleScoring(plan, extractors)) {
            after = generated(scoring, candidate);
            before = generated(scoring, incumbent);
            origin = first.map(imageSource -> generated(scoring, imageSource));
        }
        List<GateCheck> checks = new ArrayList<>(GateRules.checks(wins, after, before, origin, budget));
        latency(candidate, incumbent, checks);
        Map<Metric, GateReport.Pair> figures = new EnumMap<>(Metric.class);
        after.figures()
                .keySet()
                .forEach(metric -> figures.put(metric, new GateReport.Pair(after.mean(metric), before.mean(metric))));
        GateReport report = new GateReport(won, checks, figures, budget);
        List<String> reasons = checks.stream()
                .filter(check -> !check.passed())
                .map(GateCheck::reason)
                .toList();
        return reasons.isEmpty() ? new GateVerdict.Pass(report) : new GateVerdict.Fail(report, reasons);
    }

    /** What several draws of one caption say is not independent: they make one value. */
    private static double[] byCaption(List<ImageSource.Prompt> prompts, double[] wins) {
        Map<String, List<Double>> byCaption = new LinkedHashMap<>();
        for (int i = 0; i < wins.length; i++) {
            byCaption
                    .computeIfAbsent(prompts.get(i).caption(), caption -> new ArrayList<>())
                    .add(wins[i]);
        }
        return byCaption.values().stream()
                .mapToDouble(values -> values.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0))
                .toArray();
    }

    private ModelScores generated(SampleScoring scoring, ImageSource imageSource) {
        Map<Metric, double[]> figures = new EnumMap<>(Metric.class);
        Map<Integer, double[][]> hits = new TreeMap<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            int number = draw;
            SampleSet images = SampleSet.generated(plan.withSeed(plan.seed() + 1000L * draw), imageSource);
            scoring.of(images)
                    .forEach((metric, estimate) ->
                            figures.computeIfAbsent(metric, key -> new double[DRAWS])[number] = estimate.value());
            scoring.hitsByClass(images)
                    .forEach((key, values) -> hits.computeIfAbsent(key, any -> new double[DRAWS][])[number] = values);
        }
        return new ModelScores(figures, hits);
    }

    private void latency(ImageSource candidate, ImageSource incumbent, List<GateCheck> checks) {
        List<ImageSource.Prompt> some = plan.heldOut().stream()
                .limit(64)
                .map(subject -> new ImageSource.Prompt(subject.caption(), subject.embedding(), plan.seed()))
                .toList();
        double mine = Double.MAX_VALUE;
        double other = Double.MAX_VALUE;
        for (int round = 0; round < LATENCY_ROUNDS; round++) {
            other = Math.min(other, seconds(incumbent, some));
            mine = Math.min(mine, seconds(candidate, some));
        }
        checks.add(GateCheck.atMost(LATENCY, mine, other, SLOWER * other, "at most 1.2 times, the best of several"));
    }

    private static double seconds(ImageSource imageSource, List<ImageSource.Prompt> prompts) {
        long start = System.nanoTime();
        var unused = imageSource.generate(prompts);
        return (System.nanoTime() - start) / 1e9;
    }
}
