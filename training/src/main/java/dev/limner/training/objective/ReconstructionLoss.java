package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.Layers;

/**
 * How far a generated image is from the real one of its caption: the mean absolute difference at full size and at each
 * halving down to 8x8, averaged. The small sizes say which colour goes where, the full size only counts as one of them,
 * so that the fine structure is left to the adversary.
 */
public final class ReconstructionLoss {
    private static final long SMALLEST = 8;

    private ReconstructionLoss() {}

    /**
     * @param generated (n, 3, side, side)
     * @param real of the same shape
     * @return a scalar
     */
    public static NDArray loss(NDArray generated, NDArray real) {
        NDArray difference = generated.sub(real);
        NDArray total = difference.abs().mean();
        int sizes = 1;
        while (difference.getShape().get(2) > SMALLEST) {
            difference = Layers.halve(difference);
            total = total.add(difference.abs().mean());
            sizes++;
        }
        return Layers.scale(total, 1.0 / sizes);
    }
}
