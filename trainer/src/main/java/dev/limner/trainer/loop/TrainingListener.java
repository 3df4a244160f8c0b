package dev.limner.trainer.loop;

import dev.limner.trainer.tune.StepReport;

/** Told of a training's progress, on the thread that trains. */
public interface TrainingListener {
    /** @param pictures pictures in the data set */
    void started(int pictures, long step, double seconds);

    /**
     * After each step.
     *
     * @param seconds time spent training so far, earlier runs of the same training included
     * @param imagesPerSecond pictures trained on a second of this run
     */
    void stepped(StepReport report, double seconds, double imagesPerSecond);
}
