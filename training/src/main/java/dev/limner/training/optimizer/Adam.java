package dev.limner.training.optimizer;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.Layers;
import dev.limner.training.settings.Settings;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015). Written here and not taken from DJL because a training that resumes needs the moments in
 * its checkpoint, which DJL's optimiser keeps to itself.
 *
 * @param beta1 decay of the mean of the gradients
 * @param beta2 decay of the mean of their squares
 */
public record Adam(double beta1, double beta2) implements UpdateRule {
    private static final float EPSILON = 1e-8f;
    private static final List<String> MOMENTS = List.of("Adam1", "Adam2");

    @Override
    public List<String> memory() {
        return MOMENTS;
    }

    @Override
    public NDArray move(NDArray gradient, List<NDArray> memory, long update, double rate) {
        float keep1 = (float) beta1;
        float keep2 = (float) beta2;
        float correction1 = (float) (1 - Math.pow(beta1, (double) update));
        float correction2 = (float) (1 - Math.pow(beta2, (double) update));
        NDArray first = memory.get(0);
        NDArray second = memory.get(1);
        first.muli(keep1).addi(Layers.scale(gradient, 1 - keep1));
        second.muli(keep2).addi(gradient.square().muli(1 - keep2));
        NDArray scale =
                gradient.zerosLike().addi(second).divi(correction2).sqrt().addi(EPSILON);
        return gradient.zerosLike()
                .addi(first)
                .muli((float) (rate / correction1))
                .divi(scale);
    }

    /** {@code kind: adam}, what an optimizer without a kind is. */
    public static final class Kind implements OptimizerKind {
        /** {@link #id()}. */
        public static final String ID = "adam";

        @Override
        public String id() {
            return ID;
        }

        @Override
        public UpdateRule read(Settings settings) {
            settings.keys("beta1", "beta2");
            return new Adam(settings.number("beta1", 0, 1), settings.number("beta2", 0, 1));
        }
    }
}
