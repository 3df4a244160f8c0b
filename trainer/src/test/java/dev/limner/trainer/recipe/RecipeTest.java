package dev.limner.trainer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.network.GeneratorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
    private static final Path DEFAULT = Path.of("../recipes/limner-64.yaml");

    @TempDir
    Path folder;

    @Test
    void shouldReadTheDefaultRecipe() {
        Recipe recipe = Recipe.read(DEFAULT);

        assertThat(recipe.name()).isEqualTo("default");
        assertThat(recipe.generator()).isEqualTo(GeneratorSpec.defaultSpec());
        assertThat(recipe.generator().side()).isEqualTo(64);
        assertThat(recipe.asData().at("/objective/gamma").asDouble())
                .isEqualTo(recipe.objective().gamma());
    }

    @Test
    void shouldNameAWrongKeyAndTheAllowedOnes() throws IOException {
        Path wrong = changed("beta1: 0.0", "beta1: 0.0\n  momentum: 0.9");

        assertThatThrownBy(() -> Recipe.read(wrong))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(wrong.toString())
                .hasMessageContaining("unknown key 'optimizer.momentum'")
                .hasMessageContaining("averageDecay");
    }

    @Test
    void shouldNameAValueThatCannotBe() throws IOException {
        Path wrong = changed("mismatch: 0.5", "mismatch: -1");

        assertThatThrownBy(() -> Recipe.read(wrong)).hasMessageContaining("objective.mismatch is -1.0, must be from 0");
    }

    private Path changed(String from, String to) throws IOException {
        String recipe = Files.readString(DEFAULT);
        assertThat(recipe).contains(from);
        return Files.writeString(folder.resolve("recipe.yaml"), recipe.replace(from, to));
    }
}
