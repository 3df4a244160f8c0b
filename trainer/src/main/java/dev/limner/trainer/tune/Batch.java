package dev.limner.trainer.tune;

/**
 * What one step trains on; host memory.
 *
 * @param size number of pictures
 * @param pictures size x 3 x side x side values in [-1, 1]
 * @param sentences size x text values, each embedding scaled to norm sqrt(text)
 * @param strangers for each picture the sentence of another one in the batch with a clearly different caption
 */
public record Batch(int size, float[] pictures, float[] sentences, float[] strangers) {}
