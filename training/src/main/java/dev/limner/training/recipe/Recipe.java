package dev.limner.training.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.protocol.text.JsonReasons;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import dev.limner.training.network.Critic;
import dev.limner.training.network.CriticInputs;
import dev.limner.training.objective.TermWeight;
import dev.limner.training.optimizer.Optimization;
import dev.limner.training.settings.Settings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What to train and how, as data: the generator's shape, the parts of the training, the conditioning. Two recipes are equal if
 * they say the same.
 *
 * @param name the model's name
 * @param language which of the data set's captions to learn
 * @param seed of weights, batches, noise and augmentation
 * @param batch images per batch
 * @param generator the network that is trained
 * @param parts what the training is composed of
 * @param text how captions are disturbed
 * @param data all of it, as a manifest records it
 */
public record Recipe(
        String name,
        String language,
        long seed,
        int batch,
        TrainableGenerator generator,
        Composition parts,
        Text text,
        ObjectNode data) {
    /** Fewest images of a batch: each needs another one's caption. */
    public static final int LEAST_BATCH = 2;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A name like 1.10 keeps its zero.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /**
     * How captions become numbers.
     *
     * @param encoder id of the sentence encoder
     * @param noise share of random direction mixed into each embedding (LAFITE, Zhou et al. 2022)
     */
    public record Text(String encoder, double noise) {
        static Text read(Settings settings) {
            settings.keys("encoder", "noise");
            return new Text(settings.text("encoder"), settings.number("noise", 0, 1));
        }
    }

    private static Recipe read(JsonNode document) {
        Settings settings = Settings.of(document);
        settings.also("name", "language", "seed", "batch", "generator");
        Composition.KEYS.forEach(settings::also);
        settings.keys("text");
        String name = settings.text("name");
        // Not only when the first bundle is written.
        Manifest.requireName(name);
        String language = settings.text("language");
        long seed = settings.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        int batch = settings.whole("batch", LEAST_BATCH, 4096);
        TrainableGenerator generator = GeneratorPart.read(settings, "generator");
        Composition parts = Composition.read(settings);
        Text text = settings.group("text", Text::read);
        Recipe recipe = new Recipe(name, language, seed, batch, generator, parts, text, settings.asData());
        Critic critic = recipe.critic();
        parts.regularizers().forEach(regularizer -> regularizer.require(critic));
        return recipe;
    }

    /** The network that the generator plays against. */
    public Critic critic() {
        return parts.discriminator()
                .build(new CriticInputs(
                        generator.output().side(), generator.inputs().sentence()));
    }

    /** How weights move. */
    public Optimization optimizer() {
        return parts.optimizer();
    }

    /** Batches that one step takes. */
    public int batches() {
        return parts.game().criticMoves() * optimizer().accumulate();
    }

    /** The same recipe with another seed. */
    public Recipe withSeed(long other) {
        return with(data -> data.put("seed", other));
    }

    /** The same recipe for a model of another name. */
    public Recipe withName(String other) {
        return with(data -> data.put("name", other));
    }

    private Recipe with(Consumer<ObjectNode> change) {
        ObjectNode changed = asData();
        change.accept(changed);
        return read(changed);
    }

    /** @throws RecipeException naming the key and the value if the file is not a recipe */
    public static Recipe read(Path file) {
        try {
            return read(YAML.readTree(TextFile.whole(file)));
        } catch (JsonProcessingException e) {
            JsonLocation place = e.getLocation();
            throw new RecipeException(
                    file + (place == null ? "" : " line " + place.getLineNr()) + ": " + JsonReasons.of(e), e);
        } catch (NoSuchFileException e) {
            throw new RecipeException(file + " cannot be read: there is no such file", e);
        } catch (TextException e) {
            throw new RecipeException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new RecipeException(file + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(file + ": " + e.getMessage(), e);
        }
    }

    /** @throws RecipeException if a manifest's record of a recipe is not one */
    public static Recipe of(JsonNode data) {
        try {
            return read(data);
        } catch (IllegalArgumentException e) {
            throw new RecipeException("the model's recipe cannot be read: " + e.getMessage(), e);
        }
    }

    /** The same architecture and objective, to be tuned in small steps. Weights that change over a training have done so. */
    public Recipe forTuning(FineTuning tuning, long otherSeed) {
        return with(data -> {
            settleWeights(data);
            data.put("seed", otherSeed);
            data.put("batch", tuning.replay());
            data.withObject("/optimizer")
                    .put("learningRate", tuning.learningRate())
                    .put("finalLearningRate", tuning.learningRate())
                    .put("decaySteps", 0L)
                    .put("averageDecay", tuning.averageDecay())
                    .put("accumulate", 1);
        });
    }

    private static void settleWeights(JsonNode node) {
        if (node instanceof ObjectNode group) {
            group.properties().forEach(entry -> {
                if (TermWeight.isWritten(entry.getValue())) {
                    entry.setValue(TermWeight.last(entry.getValue()));
                }
            });
        }
        node.forEach(Recipe::settleWeights);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Recipe recipe && data.equals(recipe.data);
    }

    @Override
    public int hashCode() {
        return data.hashCode();
    }

    /** The recipe as a model's manifest records it. */
    public ObjectNode asData() {
        return data.deepCopy();
    }
}
