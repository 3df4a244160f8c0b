package dev.limner.generator.render;

/**
 * One image to generate.
 *
 * @param conditions what the image is to show
 * @param seed the job's seed
 * @param index the image's index in its job
 * @param truncation factor on the noise, from 0 (the mean image) to 1 (all the variety)
 */
public record RenderRequest(Conditions conditions, long seed, int index, double truncation) {
    public RenderRequest {
        if (!(truncation >= 0 && truncation <= 1)) {
            throw new IllegalArgumentException("truncation is " + truncation + ", must be from 0 to 1");
        }
    }

    /** Of a model that reads captions only. */
    public RenderRequest(float[] embedding, long seed, int index, double truncation) {
        this(Conditions.ofCaption(embedding), seed, index, truncation);
    }

    /** {@link Conditions#sentence()}. */
    public float[] embedding() {
        return conditions.sentence();
    }
}
