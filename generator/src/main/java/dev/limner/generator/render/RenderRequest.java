package dev.limner.generator.render;

/**
 * One image to generate.
 *
 * @param embedding the caption's sentence embedding, L2-normalised
 * @param seed the job's seed
 * @param index the image's index in its job
 * @param truncation factor on the noise, from 0 (the mean image) to 1 (all the variety)
 */
public record RenderRequest(float[] embedding, long seed, int index, double truncation) {
    public RenderRequest {
        if (!(truncation >= 0 && truncation <= 1)) {
            throw new IllegalArgumentException("truncation is " + truncation + ", must be from 0 to 1");
        }
    }
}
