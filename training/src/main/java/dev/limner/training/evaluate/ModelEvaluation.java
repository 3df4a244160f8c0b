package dev.limner.training.evaluate;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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

    /**
     * Generates and compares. The real and the untrained rows are computed with it, because a figure without them says
     * nothing. One thread.
     *
     * @param model who is judged
     * @param untrained the model's network before it learned anything
     */
    public static ModelEvaluation run(
            EvaluationPlan plan, FeatureExtractors extractors, ImageSource model, ImageSource untrained) {
        try (SampleScoring scoring = new SampleScoring(plan, extractors)) {
            SampleSet generated = SampleSet.generated(plan, model);
            Map<Metric, Estimate> mine = scoring.of(generated);
            Map<Metric, Estimate> real = scoring.ofReal();
            Map<Metric, Estimate> nothing = scoring.of(SampleSet.generated(plan, untrained));
            Map<Metric, String> unavailable = scoring.unavailable();
            Map<Metric, MetricValue> figures = new EnumMap<>(Metric.class);
            for (Metric metric : Metric.values()) {
                String why = unavailable.get(metric);
                figures.put(
                        metric,
                        why == null
                                ? new MetricValue(mine.get(metric), real.get(metric), nothing.get(metric), null)
                                : MetricValue.missing(why));
            }
            List<CaptionedImage> nearest = Arrays.stream(scoring.nearestInTraining(generated.heldOut()))
                    .map(found -> plan.train().get(found.index()))
                    .toList();
            return new ModelEvaluation(figures, QualityAlert.of(figures), generated, nearest);
        }
    }
}
