package dev.limner.training.step;

import dev.limner.training.optimizer.Optimizer;

/**
 * What one step measured.
 *
 * @param discriminatorLoss without the penalty
 * @param generatorLoss of the same step
 * @param realAboveGenerated mean sign of score(real) - score(generated), from -1 to 1; near 1 for long means that the
 *     discriminator has run away
 * @param penalty what the last regularizer at work measured, a mean squared gradient; NaN if none was
 * @param discriminatorGradient norm of the gradient that moved the discriminator
 * @param generatorGradient the same of the generator
 */
public record StepReport(
        long step,
        float discriminatorLoss,
        float generatorLoss,
        float realAboveGenerated,
        float penalty,
        float discriminatorGradient,
        float generatorGradient) {
    /** Whether a gradient was such that it moved nothing: {@link Optimizer#LARGEST_NORM}. */
    public boolean skipped() {
        return !Optimizer.moves(discriminatorGradient) || !Optimizer.moves(generatorGradient);
    }

    /** Whether a network has left the finite numbers, from which no training recovers. */
    public boolean diverged() {
        return !Float.isFinite(discriminatorLoss) || !Float.isFinite(generatorLoss);
    }
}
