package dev.limner.generator.render;

/**
 * What one image is to show, as the model of {@link dev.limner.generator.network.ModelInputs} reads it. What the model does not
 * read is empty or 0.
 *
 * @param sentence the caption's sentence embedding, L2-normalised
 * @param label the class's place among the model's labels
 * @param controls one value a control, in the model's order; a choice as its place
 */
public record Conditions(float[] sentence, int label, float[] controls) {
    private static final float[] NOTHING = {};

    public static Conditions ofCaption(float[] embedding) {
        return new Conditions(embedding, 0, NOTHING);
    }
}
