package dev.limner.trainer.tune;

/**
 * What one step measured.
 *
 * @param discriminatorLoss without the penalty
 * @param generatorLoss of the same step
 * @param realAboveDrawn mean sign of score(real) - score(drawn), from -1 to 1; near 1 for long means that the
 *     discriminator has run away
 * @param penalty mean squared gradient where this step computed one, else NaN
 */
public record StepReport(long step, float discriminatorLoss, float generatorLoss, float realAboveDrawn, float penalty) {
    /** Whether a network has left the finite numbers, from which no training recovers. */
    public boolean diverged() {
        return !Float.isFinite(discriminatorLoss) || !Float.isFinite(generatorLoss);
    }
}
