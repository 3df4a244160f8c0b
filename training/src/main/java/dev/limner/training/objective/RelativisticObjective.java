package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.limner.generator.network.Layers;
import dev.limner.training.settings.Settings;

/**
 * Relativistic pairing (Jolicoeur-Martineau 2018; R3GAN, Huang et al. 2024) with the matching-aware term of Reed et al.
 * (2016): a real image with its caption should score above a generated one with that caption, and above itself with
 * somebody else's. Pairs images, so there must be as many real scores as generated ones.
 *
 * @param mismatch weight of the pairs of a real image with somebody else's caption, of which the mean is taken over the images
 *     for which the batch has one that is wrong
 */
public record RelativisticObjective(double mismatch) implements Objective {
    /** The most that a recipe may set. */
    public static final double MOST_MISMATCH = 100;

    @Override
    public NDArray critic(Scores scores) {
        NDArray real = scores.real();
        NDArray pairing = Activation.softPlus(scores.generated().sub(real));
        NDArray matching = Layers.scale(Activation.softPlus(scores.mismatched().sub(real)), (float) mismatch);
        return pairing.add(matching.mul(scores.mismatchWeights())).mean();
    }

    @Override
    public NDArray generator(Scores scores) {
        return Activation.softPlus(scores.real().sub(scores.generated())).mean();
    }

    /** {@code kind: relativistic}. */
    public static final class Kind implements ObjectiveKind {
        @Override
        public String id() {
            return "relativistic";
        }

        @Override
        public Objective read(Settings settings) {
            settings.keys("mismatch");
            return new RelativisticObjective(settings.number("mismatch", 0, MOST_MISMATCH));
        }
    }
}
