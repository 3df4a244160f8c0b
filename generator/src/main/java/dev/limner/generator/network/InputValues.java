package dev.limner.generator.network;

import dev.limner.generator.image.Pixels;
import java.util.List;

/** Images and sentences as the numbers that networks take. */
public final class InputValues {
    private static final float HALF_RANGE = 127.5f;

    private InputValues() {}

    /**
     * Embeddings of norm 1 to rows of norm sqrt(length), so that their numbers are of the size of noise.
     *
     * @param rows of the result; those beyond the embeddings are zero
     * @throws IllegalArgumentException if an embedding is not {@code length} long
     */
    public static float[] sentences(List<float[]> embeddings, int length, int rows) {
        float scale = (float) Math.sqrt(length);
        float[] values = new float[rows * length];
        for (int i = 0; i < embeddings.size(); i++) {
            float[] embedding = embeddings.get(i);
            if (embedding.length != length) {
                throw new IllegalArgumentException(
                        "an embedding of " + embedding.length + " numbers, the model reads " + length);
            }
            for (int j = 0; j < length; j++) {
                values[i * length + j] = embedding[j] * scale;
            }
        }
        return values;
    }

    /** Images of one size, interleaved bytes, to planes of [-1, 1]: (n, 3, height, width). */
    public static float[] images(List<Pixels> images) {
        int stride = images.get(0).rgb().length;
        int area = stride / 3;
        float[] values = new float[images.size() * stride];
        for (int i = 0; i < images.size(); i++) {
            byte[] rgb = images.get(i).rgb();
            for (int pixel = 0; pixel < area; pixel++) {
                for (int channel = 0; channel < 3; channel++) {
                    values[i * stride + channel * area + pixel] = (rgb[3 * pixel + channel] & 0xFF) / HALF_RANGE - 1;
                }
            }
        }
        return values;
    }
}
