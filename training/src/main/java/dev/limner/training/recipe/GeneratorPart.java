package dev.limner.training.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.network.Architecture;
import dev.limner.generator.network.Architectures;
import dev.limner.generator.network.Generator;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.training.settings.Settings;

/**
 * The part of a recipe that is called {@code generator}: an {@code architecture} and its {@code spec}. Without an architecture
 * its keys are those of the default one's spec.
 */
final class GeneratorPart {
    private static final String ARCHITECTURE = "architecture";
    private static final String SPEC = "spec";

    private GeneratorPart() {}

    static TrainableGenerator read(Settings recipe, String key) {
        if (!recipe.names(key, ARCHITECTURE)) {
            return new FilmGenerator(recipe.bound(key, FilmSpec.class));
        }
        return recipe.group(key, settings -> {
            settings.keys(ARCHITECTURE, SPEC);
            String id = settings.text(ARCHITECTURE);
            Architecture architecture = Architectures.all()
                    .find(id)
                    .orElseThrow(() -> new IllegalArgumentException(settings.path(ARCHITECTURE) + " is '" + id
                            + "', must be one of [" + Architectures.all() + "]"));
            Generator generator = architecture.generator(settings.bound(SPEC, ObjectNode.class));
            if (generator instanceof TrainableGenerator trainable) {
                requireCaptions(settings.path(ARCHITECTURE), trainable);
                return trainable;
            }
            throw new IllegalArgumentException(
                    settings.path(ARCHITECTURE) + " is '" + id + "', which comes as a program and cannot be trained");
        });
    }

    /** What a step of training draws for a generator. One that reads more would fail at the first step. */
    static void requireCaptions(String key, TrainableGenerator generator) {
        ModelInputs inputs = generator.inputs();
        ModelOutput output = generator.output();
        boolean captions = inputs.readsCaption()
                && !inputs.readsLabel()
                && inputs.controls().isEmpty();
        if (!captions || !output.equals(ModelOutput.image(output.side()))) {
            throw new IllegalArgumentException(key + " is '" + generator.architecture() + "', which makes " + output
                    + " of " + inputs + "; a recipe trains still images in colour of noise and captions");
        }
    }
}
