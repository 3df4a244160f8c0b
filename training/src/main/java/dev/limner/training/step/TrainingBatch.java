package dev.limner.training.step;

import java.util.Arrays;

/**
 * What one step trains on; host memory.
 *
 * @param size number of images
 * @param images size x 3 x side x side values in [-1, 1]
 * @param sentences size x text values, each embedding scaled to norm sqrt(text)
 * @param mismatched for each image the sentence of another one in the batch that is wrong for it; its own where there is none
 * @param mismatchWeights for each image what that pair counts: 0 where there is none, the same for all others, in the mean 1
 * @param own for each image 1 if it is of the data set itself, 0 if somebody showed it as an example
 */
public record TrainingBatch(
        int size, float[] images, float[] sentences, float[] mismatched, float[] mismatchWeights, float[] own) {
    /** A batch in which every image has a wrong caption. */
    public TrainingBatch(int size, float[] images, float[] sentences, float[] mismatched, float[] own) {
        this(size, images, sentences, mismatched, ones(size), own);
    }

    /** A batch of the data set alone, in which every image has a wrong caption. */
    public TrainingBatch(int size, float[] images, float[] sentences, float[] mismatched) {
        this(size, images, sentences, mismatched, ones(size));
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }
}
