package dev.limner.training.step;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.network.Critic;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.objective.Objective;
import dev.limner.training.objective.Scores;
import java.util.List;

/** The generator's side of a step: adds gradients to its weights, and moves nothing. */
record GeneratorMove(
        TrainableGenerator generator,
        Critic critic,
        Objective objective,
        List<GeneratorTerm> terms,
        Augmentation augmentation) {
    /**
     * @param weights the generator's trainable weights
     * @param frozen the critic's, without gradients
     * @param step number of the step
     * @param share of the move's gradient that this batch has
     * @return the loss, terms included
     */
    float gradients(Weights weights, Weights frozen, long step, StepBatch batch, float share) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray noise = batch.arrays().generatorNoise();
            NDArray generated = generator.generate(weights, GeneratorInputs.of(noise, batch.sentence()));
            NDArray seen = augmentation.apply(generated, batch.random());
            Scores scores = LazyScores.ofGenerator(
                    () -> critic.score(frozen, batch.real(), batch.sentence()),
                    () -> critic.score(frozen, seen, batch.sentence()));
            NDArray total = objective.generator(List.of(scores));
            GeneratorTerm.Generation generation = new GeneratorTerm.Generation(
                    batch.temporary(),
                    step,
                    batch.number(),
                    generator,
                    weights,
                    noise,
                    batch.sentence(),
                    batch.own(),
                    batch.images(),
                    generated,
                    adversary(frozen, batch, scores));
            for (GeneratorTerm term : terms) {
                total = total.add(term.loss(generation));
            }
            collector.backward(Layers.scale(total, share));
            return total.getFloat();
        }
    }

    /** Other images against the same real ones. */
    private GeneratorTerm.Adversary adversary(Weights frozen, StepBatch batch, Scores scores) {
        return (generated, sentence) -> {
            NDArray seen = augmentation.apply(generated, batch.random());
            return objective.generator(
                    List.of(LazyScores.ofGenerator(scores::real, () -> critic.score(frozen, seen, sentence))));
        };
    }
}
