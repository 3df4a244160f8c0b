package dev.limner.training.evaluate;

import dev.limner.generator.network.ModelInputs;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.MetricValue.Deviation;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation found.
 *
 * @param figures every metric, available or not
 * @param alarms ways in which the model fails
 * @param images what it generated
 * @param nearest for each image of a held-out caption the nearest training image
 */
public record ModelEvaluation(
        Map<Metric, MetricValue> figures, List<QualityAlert> alarms, SampleSet images, List<CaptionedImage> nearest) {
    /** How far apart the seeds of repeated evaluations are. */
    private static final long NOISE = 1_000;

    /**
     * What is evaluated.
     *
     * @param model who is judged
     * @param inputs what it reads
     * @param untrained the model's network before it learned anything; null where that is not known
     */
    public record Candidate(
            ImageSource model, ModelInputs inputs, @Nullable ImageSource untrained) {}

    /** Generates and compares once. One thread. */
    public static ModelEvaluation run(EvaluationPlan plan, FeatureExtractors extractors, Candidate candidate) {
        return run(plan, extractors, candidate, 1);
    }

    /**
     * Generates and compares. The real and the untrained rows are computed with it, because a figure without them says
     * nothing. One thread.
     *
     * @param noiseSeeds how often the model generates, each time with other noise, to tell how far its figures deviate;
     *     with one they are not told to
     */
    public static ModelEvaluation run(
            EvaluationPlan plan, FeatureExtractors extractors, Candidate candidate, int noiseSeeds) {
        Controllability control = new Controllability(plan, extractors, candidate.inputs());
        try (SampleScoring scoring = new SampleScoring(plan, extractors)) {
            SampleSet generated = SampleSet.generated(plan, candidate.model());
            Map<Metric, Estimate> mine = scoring.of(generated);
            mine.putAll(control.of(candidate.model()));
            Map<Metric, Estimate> besideReal = scoring.inHalves(generated);
            Map<Metric, Estimate> real = scoring.ofReal();
            real.put(Metric.MEMORISATION_VARIANTS, Objects.requireNonNull(real.get(Metric.MEMORISATION)));
            real.put(Metric.COPIES_VARIANTS, Objects.requireNonNull(real.get(Metric.COPIES)));
            Map<Metric, Estimate> nothing = untrained(plan, scoring, control, candidate.untrained());
            Map<Metric, Double> expected = scoring.expectedOfReal();
            Map<Metric, Deviation> deviations = noiseSeeds < 2
                    ? Map.of()
                    : deviations(
                            repeated(plan, extractors, scoring, candidate, mine, noiseSeeds),
                            Deviation.Over.NOISE_SEEDS);
            Map<Metric, String> unavailable = scoring.unavailable();
            unavailable.putAll(control.unavailable());
            Map<Metric, MetricValue> figures = new EnumMap<>(Metric.class);
            for (Metric metric : Metric.values()) {
                String why = unavailable.get(metric);
                figures.put(
                        metric,
                        why == null
                                ? new MetricValue(
                                        mine.get(metric),
                                        besideReal.get(metric),
                                        real.get(metric),
                                        nothing.get(metric),
                                        expected.get(metric),
                                        deviations.get(metric),
                                        null)
                                : MetricValue.missing(why));
            }
            List<CaptionedImage> nearest = Arrays.stream(scoring.nearestInTraining(generated.heldOut()))
                    .map(found -> plan.train().get(found.index()))
                    .toList();
            return new ModelEvaluation(figures, QualityAlert.of(figures), generated, nearest);
        }
    }

    private static Map<Metric, Estimate> untrained(
            EvaluationPlan plan, SampleScoring scoring, Controllability control, @Nullable ImageSource untrained) {
        if (untrained == null) {
            return Map.of();
        }
        SampleSet generated = SampleSet.generated(plan, untrained);
        Map<Metric, Estimate> figures = scoring.of(generated);
        figures.putAll(scoring.inHalves(generated));
        figures.putAll(control.of(untrained));
        return figures;
    }

    private static List<Map<Metric, Estimate>> repeated(
            EvaluationPlan plan,
            FeatureExtractors extractors,
            SampleScoring scoring,
            Candidate candidate,
            Map<Metric, Estimate> first,
            int noiseSeeds) {
        List<Map<Metric, Estimate>> all = new ArrayList<>(List.of(first));
        for (int i = 1; i < noiseSeeds; i++) {
            EvaluationPlan other = plan.withSeed(plan.seed() + NOISE * i);
            Map<Metric, Estimate> figures = scoring.of(SampleSet.generated(other, candidate.model()));
            figures.putAll(new Controllability(other, extractors, candidate.inputs()).of(candidate.model()));
            all.add(figures);
        }
        return all;
    }

    private static Map<Metric, Deviation> deviations(List<Map<Metric, Estimate>> all, Deviation.Over over) {
        Map<Metric, Deviation> deviations = new EnumMap<>(Metric.class);
        all.get(0)
                .keySet()
                .forEach(metric -> deviations.put(
                        metric,
                        Deviation.of(
                                all.stream()
                                        .mapToDouble(figures -> Objects.requireNonNull(figures.get(metric))
                                                .value())
                                        .toArray(),
                                over)));
        return deviations;
    }

    /**
     * The same with the deviation over models of one recipe that were trained with other seeds.
     *
     * @param others evaluations of the other models by the same plan
     */
    public ModelEvaluation beside(List<ModelEvaluation> others) {
        List<Map<Metric, Estimate>> all = new ArrayList<>();
        all.add(ofModel());
        others.forEach(other -> all.add(other.ofModel()));
        Map<Metric, Deviation> deviations = deviations(all, Deviation.Over.TRAINING_SEEDS);
        Map<Metric, MetricValue> with = new EnumMap<>(Metric.class);
        figures.forEach((metric, figure) -> with.put(metric, figure.with(deviations.get(metric))));
        return new ModelEvaluation(with, alarms, images, nearest);
    }

    private Map<Metric, Estimate> ofModel() {
        Map<Metric, Estimate> found = new EnumMap<>(Metric.class);
        figures.forEach((metric, figure) -> {
            if (figure.model() != null) {
                found.put(metric, figure.model());
            }
        });
        return found;
    }
}
