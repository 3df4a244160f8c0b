package dev.limner.training.regularizer;

import ai.djl.Device;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.training.network.Critic;
import dev.limner.training.network.ScriptedCritic;
import dev.limner.training.settings.Settings;

/**
 * R1 and R2 by differentiating twice, for critics that are not piecewise linear and bring a TorchScript program of
 * themselves. Slower than {@link TangentPenalty} and in need of more memory: prefer that where it works.
 *
 * @param gamma as there
 * @param every as there
 */
public record AutogradPenalty(double gamma, int every) implements Regularizer {
    static final String ID = "r1-r2-autograd";

    @Override
    public void require(Critic critic) {
        program(critic);
    }

    private static ScriptedCritic program(Critic critic) {
        return critic.scripted()
                .orElseThrow(() -> new IllegalArgumentException("the regularizer " + ID
                        + " differentiates a TorchScript program of the discriminator, and " + critic.name()
                        + " brings none"));
    }

    @Override
    public Penalty over(Critic critic, Device device) {
        if (!critic.convolutions(1).isEmpty() && ConvolutionSupport.on(device).pads()) {
            throw new IllegalArgumentException("the regularizer " + ID + " cannot be trusted with " + critic.name()
                    + " on this machine: its convolutions are right only with padded channels, and a program's are not"
                    + " padded");
        }
        return new ZeroCentredPenalty(gamma, every, new AutogradNorm(program(critic), device));
    }

    /** {@code kind: r1-r2-autograd}. */
    public static final class Kind implements RegularizerKind {
        @Override
        public String id() {
            return ID;
        }

        @Override
        public Regularizer read(Settings settings) {
            settings.keys("gamma", "every");
            return new AutogradPenalty(
                    settings.number("gamma", 0, TangentPenalty.MOST_GAMMA),
                    settings.whole("every", 1, TangentPenalty.MOST_EVERY));
        }
    }
}
