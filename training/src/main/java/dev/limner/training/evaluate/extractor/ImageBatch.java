package dev.limner.training.evaluate.extractor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.InputValues;
import java.util.List;

/** Images and sentences on their way to the device. */
final class ImageBatch {
    private ImageBatch() {}

    /** (n, 3, side, side) in [-1, 1]. */
    static NDArray images(NDManager manager, List<Pixels> images) {
        int side = images.get(0).width();
        return manager.create(InputValues.images(images), new Shape(images.size(), 3, side, side));
    }

    /** (n, text), each of norm sqrt(text). */
    static NDArray sentences(NDManager manager, List<float[]> embeddings) {
        int length = embeddings.get(0).length;
        int rows = embeddings.size();
        return manager.create(InputValues.sentences(embeddings, length, rows), new Shape(rows, length));
    }

    /** The rows of an (n, d) array. */
    static float[][] rows(NDArray array) {
        int columns = (int) array.getShape().get(1);
        float[] values = array.toFloatArray();
        float[][] rows = new float[values.length / columns][columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, i * columns, rows[i], 0, columns);
        }
        return rows;
    }
}
