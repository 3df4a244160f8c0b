package dev.limner.training.recipe;

import dev.limner.generator.network.WeightGroup;
import dev.limner.training.settings.Ranges;

/**
 * How a model is tuned by feedback: small steps on a copy of what is released, most of each on the data it was trained on.
 *
 * @param steps of a round
 * @param learningRate of both networks
 * @param averageDecay the average's decay per step
 * @param replay images of the data in a step
 * @param feedback captions of the feedback in a step
 * @param reward weight of what people like
 * @param disagreement of the reward's heads, in units of its spread, above which an image does not count
 * @param anchor weight of the difference from what the model generated before
 * @param elastic weight of the moves of weights that mattered before
 * @param moves which of the generator's weights are trained
 * @param examples what is otherwise where people showed images
 */
public record FineTuning(
        int steps,
        double learningRate,
        double averageDecay,
        int replay,
        int feedback,
        double reward,
        double disagreement,
        double anchor,
        double elastic,
        Moves moves,
        Examples examples) {
    /** What a configuration that says nothing means. */
    public static final FineTuning DEFAULT =
            new FineTuning(300, 1e-4, 0.98, 24, 8, 1.0, 1.0, 2.0, 1e-3, Moves.MODULATION, Examples.DEFAULT);

    /** The most steps a round may have. */
    public static final int MOST_STEPS = 5000;

    /** Which weights are trained. */
    public enum Moves {
        /** Those that say how noise and caption modulate the image: projection, start, FiLM. */
        MODULATION,
        /** All. */
        ALL
    }

    /**
     * How a round tunes that learns from examples. To generate what a model has never seen takes longer than to generate what it
     * knows in another way, and weights that a preference leaves alone.
     *
     * @param share of the replay that are examples
     * @param passes how often each is generated; the round has as many steps as that takes, if that is more
     * @param learningRate of both networks
     * @param averageDecay the average's decay per step
     * @param moves which of the generator's weights are trained
     */
    public record Examples(double share, int passes, double learningRate, double averageDecay, Moves moves) {
        static final Examples DEFAULT = new Examples(0.25, 40, 2e-4, 0.995, Moves.ALL);

        public Examples {
            Ranges.between("limner.trainer.tuning.examples.share", share, 0, 1);
            Ranges.between("limner.trainer.tuning.examples.passes", passes, 0, 100_000);
            Ranges.between("limner.trainer.tuning.examples.learning-rate", learningRate, 0, 1);
            Ranges.between("limner.trainer.tuning.examples.average-decay", averageDecay, 0, 1);
        }
    }

    public FineTuning {
        Ranges.between("limner.trainer.tuning.steps", steps, 1, MOST_STEPS);
        Ranges.between("limner.trainer.tuning.learning-rate", learningRate, 0, 1);
        Ranges.between("limner.trainer.tuning.average-decay", averageDecay, 0, 1);
        Ranges.between("limner.trainer.tuning.replay", replay, 2, 4096);
        Ranges.between("limner.trainer.tuning.feedback", feedback, 0, 4096);
        Ranges.between("limner.trainer.tuning.reward", reward, 0, 1000);
        Ranges.between("limner.trainer.tuning.disagreement", disagreement, 0, 1000);
        Ranges.between("limner.trainer.tuning.anchor", anchor, 0, 1000);
        Ranges.between("limner.trainer.tuning.elastic", elastic, 0, 1e6);
    }

    /** Whether one of the generator's groups of weights is trained. */
    public boolean moves(WeightGroup group) {
        return switch (moves) {
            case ALL -> true;
            case MODULATION -> group == WeightGroup.CONDITIONING;
        };
    }

    /** Whether one of the discriminator's is: not what is next to the pixels (FreezeD, Mo et al. 2020). */
    public static boolean movesInDiscriminator(WeightGroup group) {
        return group != WeightGroup.PIXELS;
    }

    /** The tuning of a round that learns from so many examples; as it is without any. */
    public FineTuning forExamples(int count) {
        if (count == 0 || examples.share() == 0) {
            return this;
        }
        double needed = Math.ceil(examples.passes() * (double) count / (examples.share() * replay));
        return new FineTuning(
                (int) Math.min(MOST_STEPS, Math.max(steps, needed)),
                examples.learningRate(),
                examples.averageDecay(),
                replay,
                feedback,
                reward,
                disagreement,
                anchor,
                elastic,
                examples.moves(),
                examples);
    }
}
