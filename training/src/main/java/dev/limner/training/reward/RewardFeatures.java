package dev.limner.training.reward;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.InputValues;
import dev.limner.generator.network.Layers;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.util.List;

/**
 * What the reward sees of an image: the judges' features, which tell things apart, and the image at 4x4, which tells
 * colours and places. The same numbers from a file's pixels and from a network's output, where a gradient passes through.
 * Safe from any thread; the judges stay the caller's.
 */
public final class RewardFeatures {
    private static final int SMALLEST = 4;
    private static final int CHANNELS = 3;

    private final FeatureExtractors extractors;

    public RewardFeatures(FeatureExtractors extractors) {
        this.extractors = extractors;
    }

    /** Side of the images it looks at. */
    public int side() {
        return extractors.description().side();
    }

    /** Where the dual encoder puts captions, which the reward sees beside the image. */
    float[][] captions(List<float[]> embeddings) {
        return extractors.textVectors(embeddings);
    }

    /** An image's numbers. */
    public float[] of(Pixels image) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray array = manager.create(
                    InputValues.images(List.of(image)), new Shape(1, CHANNELS, image.height(), image.width()));
            return of(array).toFloatArray();
        }
    }

    /**
     * The same of images on the device.
     *
     * @param images (n, 3, side, side) in [-1, 1]
     * @return (n, features), owned by the manager of {@code images}
     */
    public NDArray of(NDArray images) {
        NDArray small = images;
        while (small.getShape().get(2) > SMALLEST) {
            small = Layers.halve(small);
        }
        return extractors
                .features(images)
                .concat(small.reshape(small.getShape().get(0), (long) CHANNELS * SMALLEST * SMALLEST), 1);
    }
}
