package dev.limner.trainer.fault;

import dev.limner.protocol.process.FaultKit;
import dev.limner.training.finetune.FineTuningRound;

/**
 * Where faults can be put into a trainer, which has none of its own: they come from a {@link FaultKit} that the process
 * was told to load, found by {@code ServiceLoader}, with a public constructor without parameters. Called on any thread.
 */
public interface TrainerFaultPoints {
    /** No faults. */
    TrainerFaultPoints NONE = new TrainerFaultPoints() {};

    /**
     * Those of the process.
     *
     * @throws IllegalStateException if faults are asked for and cannot be had
     */
    static TrainerFaultPoints ofProcess() {
        return FaultKit.load("trainer", TrainerFaultPoints.class).orElse(NONE);
    }

    /** The trainer passes a point. */
    default void reached(KillPoint point) {}

    /** How a round ended. */
    default FineTuningRound.Outcome ended(FineTuningRound.Outcome outcome) {
        return outcome;
    }
}
