package dev.limner.trainer.recipe;

/**
 * How a model is tuned by feedback: small steps on a copy of what is released, most of each on the data it was trained on.
 *
 * @param steps of a round
 * @param learningRate of both networks
 * @param averageDecay the average's decay a step
 * @param replay pictures of the data in a step
 * @param feedback captions of the feedback in a step
 * @param examples share of the replay that are pictures people showed, if they showed any
 * @param reward weight of what people like
 * @param disagreement of the reward's heads, in units of its spread, above which a picture does not count
 * @param anchor weight of the difference from what the model drew before
 * @param elastic weight of the moves of weights that mattered before
 * @param moves which of the generator's weights are trained
 */
public record Tuning(
        int steps,
        double learningRate,
        double averageDecay,
        int replay,
        int feedback,
        double examples,
        double reward,
        double disagreement,
        double anchor,
        double elastic,
        Moves moves) {
    /** What a configuration that says nothing means. */
    public static final Tuning DEFAULT =
            new Tuning(300, 1e-4, 0.98, 24, 8, 0.25, 1.0, 1.0, 2.0, 1e-3, Moves.MODULATION);

    /** The most steps a round may have. */
    public static final int MOST_STEPS = 5000;

    /** Which weights are trained. */
    public enum Moves {
        /** Those that say how noise and caption modulate the picture: projection, start, FiLM. */
        MODULATION,
        /** All. */
        ALL
    }

    public Tuning {
        Recipe.between("tuning.steps", steps, 1, MOST_STEPS);
        Recipe.between("tuning.learningRate", learningRate, 0, 1);
        Recipe.between("tuning.averageDecay", averageDecay, 0, 1);
        Recipe.between("tuning.replay", replay, 2, 4096);
        Recipe.between("tuning.feedback", feedback, 0, 4096);
        Recipe.between("tuning.examples", examples, 0, 1);
        Recipe.between("tuning.reward", reward, 0, 1000);
        Recipe.between("tuning.disagreement", disagreement, 0, 1000);
        Recipe.between("tuning.anchor", anchor, 0, 1000);
        Recipe.between("tuning.elastic", elastic, 0, 1e6);
    }

    /** Whether one of the generator's weights is trained. */
    public boolean moves(String weight) {
        return switch (moves) {
            case ALL -> true;
            case MODULATION ->
                weight.startsWith("project.") || weight.startsWith("start.") || weight.startsWith("film.");
        };
    }

    /** Whether one of the discriminator's weights is trained: those of its upper half (FreezeD, Mo et al. 2020). */
    public static boolean movesInDiscriminator(String weight) {
        return !weight.startsWith("start.") && !weight.startsWith("stage0.");
    }
}
