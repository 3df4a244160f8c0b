package dev.limner.training.evaluate;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.Figure.Metric;
import dev.limner.training.evaluate.extractor.Judges;
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
 * @param pictures what it drew
 * @param nearest for each picture of a held-out caption the nearest training picture
 */
public record Evaluation(
        Map<Metric, Figure> figures, List<Alarm> alarms, Exhibition pictures, List<CaptionedImage> nearest) {

    /**
     * Draws and compares. The real and the untrained rows are computed with it, because a figure without them says
     * nothing. One thread.
     *
     * @param model who is judged
     * @param untrained the model's network before it learned anything
     */
    public static Evaluation run(Plan plan, Judges judges, Artist model, Artist untrained) {
        try (Scoring scoring = new Scoring(plan, judges)) {
            Exhibition drawn = Exhibition.drawn(plan, model);
            Map<Metric, Estimate> mine = scoring.of(drawn);
            Map<Metric, Estimate> real = scoring.ofReal();
            Map<Metric, Estimate> nothing = scoring.of(Exhibition.drawn(plan, untrained));
            Map<Metric, String> unavailable = scoring.unavailable();
            Map<Metric, Figure> figures = new EnumMap<>(Metric.class);
            for (Metric metric : Metric.values()) {
                String why = unavailable.get(metric);
                figures.put(
                        metric,
                        why == null
                                ? new Figure(mine.get(metric), real.get(metric), nothing.get(metric), null)
                                : Figure.missing(why));
            }
            List<CaptionedImage> nearest = Arrays.stream(scoring.nearestInTraining(drawn.heldOut()))
                    .map(found -> plan.train().get(found.index()))
                    .toList();
            return new Evaluation(figures, Alarm.of(figures), drawn, nearest);
        }
    }
}
