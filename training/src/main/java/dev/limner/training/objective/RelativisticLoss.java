package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.limner.generator.network.Layers;

/**
 * Relativistic pairing (Jolicoeur-Martineau 2018; R3GAN, Huang et al. 2024) with the matching-aware term of Reed et al.
 * (2016): a real image with its caption should score above a generated one with that caption, and above itself with
 * somebody else's. All arguments are (n); all results are means.
 */
public final class RelativisticLoss {
    private RelativisticLoss() {}

    public static NDArray discriminator(NDArray real, NDArray generated, NDArray mismatched, float mismatchWeight) {
        NDArray pairing = Activation.softPlus(generated.sub(real));
        NDArray matching = Layers.scale(Activation.softPlus(mismatched.sub(real)), mismatchWeight);
        return pairing.add(matching).mean();
    }

    public static NDArray generator(NDArray real, NDArray generated) {
        return Activation.softPlus(real.sub(generated)).mean();
    }
}
