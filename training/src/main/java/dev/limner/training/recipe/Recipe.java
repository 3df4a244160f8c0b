package dev.limner.training.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.protocol.text.JsonReasons;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What to train and how, as data: architecture, objective, regulariser, conditioning, schedule.
 *
 * @param name the model's name
 * @param language which of the data set's captions to learn
 * @param seed of weights, batches, noise and augmentation
 * @param batch images per step
 * @param generator the generator's shape
 * @param discriminator the discriminator's shape
 * @param objective the losses' weights
 * @param optimizer step sizes and averages
 * @param augmentation what the discriminator sees instead of the images themselves
 * @param text how captions are disturbed
 */
public record Recipe(
        String name,
        String language,
        long seed,
        int batch,
        FilmSpec generator,
        Discriminator discriminator,
        Objective objective,
        Optimizer optimizer,
        Augmentation augmentation,
        Text text) {
    /** Fewest images of a step: each needs another one's caption. */
    public static final int LEAST_BATCH = 2;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public Recipe {
        // Not only when the first bundle is written.
        Manifest.requireName(name);
        between("batch", batch, LEAST_BATCH, 4096);
    }

    /**
     * The discriminator's shape; it mirrors the generator.
     *
     * @param channels channels after the pixel-unshuffle and after each halving
     * @param features length of the feature vector at 1x1
     */
    public record Discriminator(List<Integer> channels, int features) {
        public Discriminator {
            channels = List.copyOf(channels);
            channels.forEach(count -> between("discriminator.channels", count, 1, 4096));
            between("discriminator.features", features, 1, 4096);
        }
    }

    /**
     * The losses' weights.
     *
     * @param mismatch weight of the pairs of a real image with somebody else's caption
     * @param gamma weight of the gradient penalty on real images (R1) and on generated ones (R2)
     * @param penaltyEvery steps from one R1 to the next, its weight multiplied by as much; R2 comes halfway between
     * @param reconstruction weight of the mean absolute difference between the generated and the real image of a caption at
     *     several sizes (the Five-Dollar Model's idea, arXiv 2308.04052, beside the adversary): it says what goes where
     *     when a set is small and its captions name single images; 0 for none
     */
    public record Objective(double mismatch, double gamma, int penaltyEvery, double reconstruction) {
        public Objective {
            between("objective.mismatch", mismatch, 0, 100);
            between("objective.gamma", gamma, 0, 10_000);
            between("objective.penaltyEvery", penaltyEvery, 1, 1000);
            between("objective.reconstruction", reconstruction, 0, 1000);
        }
    }

    /**
     * Adam (Kingma and Ba 2015) for both networks, and the average of the generator that is released.
     *
     * @param learningRate of both networks, at first
     * @param finalLearningRate what it ends at
     * @param decaySteps steps in which it gets there, along half a cosine (Loshchilov and Hutter 2017); 0 keeps it
     * @param averageDecay the average's decay per step once training is under way
     * @param accumulate batches whose gradients are added up for one step, for large steps in little memory
     */
    public record Optimizer(
            double learningRate,
            double finalLearningRate,
            long decaySteps,
            double beta1,
            double beta2,
            double averageDecay,
            int accumulate) {
        public Optimizer {
            between("optimizer.learningRate", learningRate, 0, 1);
            between("optimizer.finalLearningRate", finalLearningRate, 0, 1);
            between("optimizer.decaySteps", (double) decaySteps, 0, 1e12);
            between("optimizer.accumulate", accumulate, 1, 1024);
            between("optimizer.beta1", beta1, 0, 1);
            between("optimizer.beta2", beta2, 0, 1);
            between("optimizer.averageDecay", averageDecay, 0, 1);
        }

        /** The learning rate of a step, counted from 0. */
        public double rateAt(long step) {
            if (decaySteps == 0) {
                return learningRate;
            }
            double done = Math.min(1, (double) step / decaySteps);
            return finalLearningRate + (learningRate - finalLearningRate) * (1 + Math.cos(Math.PI * done)) / 2;
        }
    }

    /**
     * Differentiable augmentation (Zhao et al. 2020). No colour: captions name colours. No flip: they name sides.
     *
     * @param translation furthest shift as a share of the side
     * @param cutout side of the blanked square as a share of the side; 0 for none
     */
    public record Augmentation(double translation, double cutout) {
        public Augmentation {
            between("augmentation.translation", translation, 0, 0.5);
            between("augmentation.cutout", cutout, 0, 1);
        }
    }

    /**
     * How captions become numbers.
     *
     * @param encoder id of the sentence encoder
     * @param noise share of random direction mixed into each embedding (LAFITE, Zhou et al. 2022)
     */
    public record Text(String encoder, double noise) {
        public Text {
            between("text.noise", noise, 0, 1);
        }
    }

    /** The same recipe with another seed. */
    public Recipe withSeed(long other) {
        return new Recipe(
                name, language, other, batch, generator, discriminator, objective, optimizer, augmentation, text);
    }

    /** The same recipe for a model of another name. */
    public Recipe withName(String other) {
        return new Recipe(
                other, language, seed, batch, generator, discriminator, objective, optimizer, augmentation, text);
    }

    /** @throws RecipeException naming the key and the value if the file is not a recipe */
    public static Recipe read(Path file) {
        try {
            return YAML.readValue(TextFile.whole(file), Recipe.class);
        } catch (JsonMappingException e) {
            throw new RecipeException(file + ": " + JsonReasons.of(e), e);
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
        }
    }

    /** @throws RecipeException if a manifest's record of a recipe is not one */
    public static Recipe of(JsonNode data) {
        try {
            return YAML.treeToValue(data, Recipe.class);
        } catch (JsonProcessingException e) {
            throw new RecipeException("the model's recipe cannot be read: " + JsonReasons.of(e), e);
        }
    }

    /** The same architecture and objective, to be tuned in small steps. */
    public Recipe forTuning(FineTuning tuning, long otherSeed) {
        return new Recipe(
                name,
                language,
                otherSeed,
                tuning.replay(),
                generator,
                discriminator,
                objective,
                new Optimizer(
                        tuning.learningRate(),
                        tuning.learningRate(),
                        0,
                        optimizer.beta1(),
                        optimizer.beta2(),
                        tuning.averageDecay(),
                        1),
                augmentation,
                text);
    }

    /** The recipe as a model's manifest records it. */
    public ObjectNode asData() {
        return YAML.valueToTree(this);
    }

    static void between(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    key + " is " + text(value) + ", must be from " + text(least) + " to " + text(most));
        }
    }

    /** A whole number as people write it. */
    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
