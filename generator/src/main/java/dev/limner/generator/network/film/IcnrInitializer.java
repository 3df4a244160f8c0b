package dev.limner.generator.network.film;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.initializer.Initializer;

/**
 * Initialisation for a convolution before a 2x2 pixel shuffle: the four kernels that feed one 2x2 square start equal, so
 * the square starts flat instead of as a checkerboard (Aitken et al., "Checkerboard artifact free sub-pixel
 * convolution", 2017).
 */
final class IcnrInitializer implements Initializer {
    private final float deviation;

    private IcnrInitializer(float deviation) {
        this.deviation = deviation;
    }

    static IcnrInitializer of(int fanIn, float gain) {
        return new IcnrInitializer((float) (gain / Math.sqrt(fanIn)));
    }

    @Override
    public NDArray initialize(NDManager manager, Shape shape, DataType dataType) {
        Shape quarter = new Shape(shape.get(0) / 4, shape.get(1), shape.get(2), shape.get(3));
        try (NDArray kernels = manager.randomNormal(0f, deviation, quarter, dataType)) {
            return kernels.repeat(0, 4);
        }
    }
}
