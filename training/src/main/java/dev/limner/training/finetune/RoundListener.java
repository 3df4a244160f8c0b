package dev.limner.training.finetune;

import dev.limner.training.step.StepReport;

/** Told what a round is doing. Called from the round's thread; an exception ends the round. */
public interface RoundListener {
    /** A stage begins: {@code reward}, {@code tuning}, {@code stride} or {@code gate}. */
    void at(String stage);

    /** A step was made. */
    void stepped(StepReport report, int of);
}
