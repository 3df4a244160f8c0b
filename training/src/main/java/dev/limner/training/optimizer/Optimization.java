package dev.limner.training.optimizer;

import dev.limner.training.settings.Kinds;
import dev.limner.training.settings.Settings;

/**
 * How both players' weights move.
 *
 * @param rule the optimizer
 * @param schedule its learning rate
 * @param averageDecay decay per step of the generator's average, which is released, once training is under way
 * @param accumulate batches whose gradients are added up for one move, for large steps in little memory
 */
public record Optimization(UpdateRule rule, Schedule schedule, double averageDecay, int accumulate) {
    private static final long LONGEST = 1_000_000_000_000L;

    /** Reads the part of a recipe that is called {@code optimizer}; without a {@code kind} it is {@link Adam}'s. */
    public static Optimization read(Settings settings) {
        settings.also("learningRate", "finalLearningRate", "decaySteps", "averageDecay", "accumulate");
        Schedule schedule = new CosineSchedule(
                settings.number("learningRate", 0, 1),
                settings.number("finalLearningRate", 0, 1),
                settings.whole("decaySteps", 0, LONGEST));
        UpdateRule rule = Kinds.read(OptimizerKind.class, settings, Adam.Kind.ID);
        return new Optimization(
                rule, schedule, settings.number("averageDecay", 0, 1), settings.whole("accumulate", 1, 1024));
    }
}
