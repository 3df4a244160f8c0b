package dev.limner.generator.render;

/**
 * One picture to draw.
 *
 * @param embedding the caption's sentence embedding, L2-normalised
 * @param seed the job's seed
 * @param index the picture's index in its job
 * @param truncation factor on the noise, from 0 (the mean picture) to 1 (all the variety)
 */
public record RenderRequest(float[] embedding, long seed, int index, double truncation) {
    public RenderRequest {
        if (!(truncation >= 0 && truncation <= 1)) {
            throw new IllegalArgumentException("truncation is " + truncation + ", must be from 0 to 1");
        }
    }
}
