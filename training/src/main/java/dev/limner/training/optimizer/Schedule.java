package dev.limner.training.optimizer;

/** The learning rate over a training. */
@FunctionalInterface
public interface Schedule {
    /** The learning rate of a step, counted from 0. */
    double rateAt(long step);
}
