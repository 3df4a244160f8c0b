package dev.limner.training.loop;

import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.step.StepReport;
import java.util.Map;

/** Told of a training's progress, on the thread that trains. */
public interface TrainingListener {
    /** @param images images it learns from */
    void started(int images, long step, double seconds);

    /**
     * After each step.
     *
     * @param seconds time spent training so far, earlier runs of the same training included
     * @param imagesPerSecond images trained on a second of this run
     */
    void stepped(StepReport report, double seconds, double imagesPerSecond);

    /**
     * After each look at held-out captions.
     *
     * @param score what decides whether the training still gains; 1 for real images
     */
    void checked(long step, Map<Metric, Estimate> figures, double score);

    /** Something goes wrong, or no longer. */
    void alarm(String text);
}
