package dev.limner.training.regularizer;

import ai.djl.Device;
import dev.limner.training.network.Critic;
import dev.limner.training.settings.Settings;

/**
 * R1 and R2 by a forward tangent pass: exact, without differentiating twice, for critics that are piecewise linear.
 *
 * @param gamma weight on real images (R1) and on generated ones (R2)
 * @param every steps from one R1 to the next, its weight multiplied by as much; R2 comes halfway between
 */
public record TangentPenalty(double gamma, int every) implements Regularizer {
    /** The most that a recipe may set. */
    public static final double MOST_GAMMA = 10_000;

    /** The most that a recipe may set. */
    public static final int MOST_EVERY = 1000;

    private static final String ID = "r1-r2";

    @Override
    public void require(Critic critic) {
        if (critic.tangent().isEmpty()) {
            throw new IllegalArgumentException("the regularizer " + ID
                    + " pushes a tangent through the discriminator, and "
                    + critic.name() + " lets none through: it is not piecewise linear"
                    + (critic.scripted().isPresent() ? "; " + AutogradPenalty.ID + " can differentiate it" : ""));
        }
    }

    @Override
    public Penalty over(Critic critic, Device device) {
        require(critic);
        return new ZeroCentredPenalty(
                gamma, every, new TangentNorm(critic.tangent().orElseThrow()));
    }

    /** {@code kind: r1-r2}. */
    public static final class Kind implements RegularizerKind {
        @Override
        public String id() {
            return ID;
        }

        @Override
        public Regularizer read(Settings settings) {
            settings.keys("gamma", "every");
            return new TangentPenalty(settings.number("gamma", 0, MOST_GAMMA), settings.whole("every", 1, MOST_EVERY));
        }
    }
}
