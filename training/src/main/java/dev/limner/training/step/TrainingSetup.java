package dev.limner.training.step;

import dev.limner.generator.bundle.Safetensors;
import dev.limner.training.objective.GeneratorTerm;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a training starts from, what it moves, and what else it is after.
 *
 * @param generator weights by name; empty for initial values of both networks
 * @param discriminator weights by name
 * @param generatorMoves whether a weight is trained, by its name
 * @param discriminatorMoves the same
 * @param terms of the generator's loss beside the recipe's
 */
public record TrainingSetup(
        Map<String, Safetensors.Tensor> generator,
        Map<String, Safetensors.Tensor> discriminator,
        Predicate<String> generatorMoves,
        Predicate<String> discriminatorMoves,
        List<GeneratorTerm> terms) {
    /** Initial values, all of them trained. */
    public static final TrainingSetup FROM_NOTHING =
            new TrainingSetup(Map.of(), Map.of(), name -> true, name -> true, List.of());

    public TrainingSetup {
        generator = Map.copyOf(generator);
        discriminator = Map.copyOf(discriminator);
        terms = List.copyOf(terms);
    }
}
