package dev.limner.training.canary;

/**
 * What two arms did at nearly the same time.
 *
 * @param triedFailed failures of the arm that is tried
 * @param tried what it did in all
 * @param usualFailed failures of the other
 * @param usual what that did in all
 */
public record TimeStratum(int triedFailed, int tried, int usualFailed, int usual) {
    public TimeStratum {
        if (triedFailed < 0 || triedFailed > tried || usualFailed < 0 || usualFailed > usual) {
            throw new IllegalArgumentException(
                    triedFailed + " of " + tried + " and " + usualFailed + " of " + usual + " failed");
        }
    }
}
