package dev.limner.training.step;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.training.network.Critic;
import dev.limner.training.objective.Objective;
import dev.limner.training.objective.Scores;
import dev.limner.training.regularizer.Penalty;
import java.util.List;

/** The critic's side of a step: adds gradients to its weights, and moves nothing. */
record CriticMove(Critic critic, Objective objective, List<Penalty> penalties) {
    /**
     * What a batch showed.
     *
     * @param loss without penalties
     * @param realAboveGenerated mean sign of score(real) - score(generated)
     */
    record Outcome(float loss, float realAboveGenerated) {}

    /**
     * @param weights the critic's trainable weights
     * @param generated images as the critic sees them, without gradients
     * @param share of the move's gradient that this batch has
     */
    Outcome gradients(Weights weights, StepBatch batch, NDArray generated, float share) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            // Real and generated images in one pass.
            Critic.Impression both = critic.look(weights, batch.real().concat(generated, 0));
            Critic.Impression real = both.part(0, batch.size());
            Critic.Impression fake = both.part(batch.size(), 2L * batch.size());
            Scores scores = new LazyScores(
                    () -> real.score(batch.sentence()),
                    () -> fake.score(batch.sentence()),
                    () -> real.score(batch.mismatched()),
                    batch::mismatchWeights);
            NDArray loss = objective.critic(scores);
            collector.backward(Layers.scale(loss, share));
            float realAboveGenerated = scores.real()
                    .stopGradient()
                    .sub(scores.generated().stopGradient())
                    .sign()
                    .mean()
                    .getFloat();
            return new Outcome(loss.getFloat(), realAboveGenerated);
        }
    }

    /** What the last of the penalties that have something to do measured; NaN if none has. */
    float penalise(Penalty.Move move) {
        float measured = Float.NaN;
        for (Penalty penalty : penalties) {
            float found = penalty.accumulate(move);
            measured = Float.isNaN(found) ? measured : found;
        }
        return measured;
    }
}
