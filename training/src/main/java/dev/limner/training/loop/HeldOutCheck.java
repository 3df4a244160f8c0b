package dev.limner.training.loop;

import dev.limner.generator.render.Renderer;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.SampleScoring;
import dev.limner.training.evaluate.SampleSet;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A look at what is being learned through the eyes of judges, on captions and images that training does not see. Owns
 * native memory; one thread.
 */
public final class HeldOutCheck implements AutoCloseable {
    private final EvaluationPlan plan;
    private final SampleScoring scoring;
    private final Map<Metric, Estimate> real;

    /** The judges stay the caller's. */
    public HeldOutCheck(EvaluationPlan plan, FeatureExtractors extractors) {
        this.plan = plan;
        this.scoring = new SampleScoring(plan, extractors);
        this.real = scoring.ofReal();
    }

    /** The figures of real images. */
    Map<Metric, Estimate> real() {
        return real;
    }

    /** Of the model; where sets are compared, of halves, as those of real images are. */
    Map<Metric, Estimate> look(Renderer renderer) {
        SampleSet generated = SampleSet.generated(plan, ImageSource.of(renderer));
        Map<Metric, Estimate> figures = scoring.of(generated);
        figures.putAll(scoring.inHalves(generated));
        return figures;
    }

    /**
     * One number to tell whether a training still gains: the mean of R-precision, class accuracy, coverage and, where
     * captions name colours, the share of right ones, each as a share of the real images'. The match with the caption,
     * the kind of thing, the variety and the colour count alike, and what is as good as real counts no more for being
     * better than that.
     */
    double score(Map<Metric, Estimate> figures) {
        Metric match = figures.containsKey(Metric.R_PRECISION) ? Metric.R_PRECISION : Metric.R_PRECISION_UNSEEN;
        return Stream.of(match, Metric.CLASS_ACCURACY, Metric.COVERAGE, Metric.HUE)
                .filter(figures::containsKey)
                .mapToDouble(metric -> Math.min(1, value(figures, metric) / Math.max(value(real, metric), 1e-9)))
                .average()
                .orElse(0);
    }

    static double value(Map<Metric, Estimate> figures, Metric metric) {
        Estimate estimate = figures.get(metric);
        return estimate == null ? Double.NaN : estimate.value();
    }

    @Override
    public void close() {
        scoring.close();
    }
}
