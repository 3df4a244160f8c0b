package dev.limner.trainer.eval.judge;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.image.Pixels;
import java.util.List;

/** Pictures and sentences on their way to the device. */
final class PictureBatch {
    private static final float HALF_RANGE = 127.5f;

    private PictureBatch() {}

    /** (n, 3, side, side) in [-1, 1]. */
    static NDArray pictures(NDManager manager, List<Pixels> pictures) {
        int side = pictures.get(0).width();
        int area = side * side;
        float[] values = new float[pictures.size() * 3 * area];
        for (int i = 0; i < pictures.size(); i++) {
            byte[] rgb = pictures.get(i).rgb();
            for (int pixel = 0; pixel < area; pixel++) {
                for (int channel = 0; channel < 3; channel++) {
                    values[(i * 3 + channel) * area + pixel] = (rgb[3 * pixel + channel] & 0xFF) / HALF_RANGE - 1;
                }
            }
        }
        return manager.create(values, new Shape(pictures.size(), 3, side, side));
    }

    /** (n, text), each of norm sqrt(text). */
    static NDArray sentences(NDManager manager, List<float[]> embeddings) {
        int length = embeddings.get(0).length;
        float scale = (float) Math.sqrt(length);
        float[] values = new float[embeddings.size() * length];
        for (int i = 0; i < embeddings.size(); i++) {
            for (int j = 0; j < length; j++) {
                values[i * length + j] = embeddings.get(i)[j] * scale;
            }
        }
        return manager.create(values, new Shape(embeddings.size(), length));
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
