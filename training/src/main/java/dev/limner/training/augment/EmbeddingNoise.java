package dev.limner.training.augment;

import dev.limner.generator.noise.CounterNoise;

/** Sentence embeddings with a little of a random direction mixed in, so that nothing learns them by heart (LAFITE). */
public final class EmbeddingNoise {
    private EmbeddingNoise() {}

    /**
     * @param embedding L2-normalised; left as it is
     * @param share of the random direction, from 0 to 1
     * @return L2-normalised
     */
    public static float[] of(float[] embedding, double share, long seed) {
        return towards(embedding, CounterNoise.normal(seed, 0, embedding.length), share);
    }

    /**
     * What lies between an embedding and another direction.
     *
     * @param other of any length but zero
     * @param share of it
     * @return L2-normalised
     */
    public static float[] towards(float[] embedding, float[] other, double share) {
        double norm = norm(other);
        float[] mixed = new float[embedding.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = (float) ((1 - share) * embedding[i] + share * other[i] / norm);
        }
        float scale = (float) (1 / norm(mixed));
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] *= scale;
        }
        return mixed;
    }

    private static double norm(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
