package dev.limner.training.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** Recipes that tests write as users do. */
public final class TestRecipes {
    private static final YAMLMapper YAML = new YAMLMapper();

    /** The parts of the default recipe at 16x16 pixels. */
    private static final String TINY = """
            name: tiny
            language: en
            seed: 1
            batch: 6
            generator: {latent: 4, text: 10, condition: 8, channels: [20, 12], smooth: true}
            discriminator: {channels: [12, 17], features: 9}
            objective: {mismatch: 0.5, gamma: 1, penaltyEvery: 4, reconstruction: 1}
            optimizer:
              learningRate: 0.0005
              finalLearningRate: 0.0001
              decaySteps: 50
              beta1: 0
              beta2: 0.9
              averageDecay: 0.99
              accumulate: 1
            augmentation: {translation: 0.125, cutout: 0.25}
            text: {encoder: none, noise: 0.1}
            """;

    private TestRecipes() {}

    /** A recipe of this text. */
    public static Recipe of(String yaml) {
        try {
            return Recipe.of(YAML.readTree(yaml));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * A small recipe.
     *
     * @param lines replace those of the same keys, and may add keys
     */
    public static Recipe tiny(String... lines) {
        String text = TINY;
        for (String line : lines) {
            String key = line.substring(0, line.indexOf(':') + 1);
            String pattern = "(?m)^( *)" + key + ".*(\\n\\1  .*)*$";
            String replaced = text.replaceFirst(pattern, "$1" + line.replace("$", "\\$"));
            text = replaced.equals(text) && !text.contains(line) ? text + line + "\n" : replaced;
        }
        return of(text);
    }
}
