package dev.limner.training.step;

import java.util.Arrays;

/**
 * What one step trains on; host memory.
 *
 * @param size number of images
 * @param images size x 3 x side x side values in [-1, 1]
 * @param sentences size x text values, each embedding scaled to norm sqrt(text)
 * @param mismatched for each image the sentence of another one in the batch with a clearly different caption
 * @param own for each image 1 if it is of the data set itself, 0 if somebody showed it as an example
 */
public record TrainingBatch(int size, float[] images, float[] sentences, float[] mismatched, float[] own) {
    /** A batch of the data set alone. */
    public TrainingBatch(int size, float[] images, float[] sentences, float[] mismatched) {
        this(size, images, sentences, mismatched, ones(size));
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }
}
