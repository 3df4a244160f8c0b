package dev.limner.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.network.film.FilmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
        assertThat(recipe.generator()).isEqualTo(FilmSpec.defaultSpec());
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

        assertThatThrownBy(() -> Recipe.read(wrong))
                .hasMessage(wrong + ": objective.mismatch is -1, must be from 0 to 100");
    }

    @Test
    void shouldNameAKeyThatIsMissingOrOfTheWrongKind() throws IOException {
        Path missing = changed("beta1: 0.0", "");
        assertThatThrownBy(() -> Recipe.read(missing)).hasMessage(missing + ": optimizer.beta1 is missing");

        Path words = changed("beta1: 0.0", "beta1: none");
        assertThatThrownBy(() -> Recipe.read(words))
                .hasMessage(words + ": optimizer.beta1 is 'none', must be a number");
    }

    @Test
    void shouldSayThatThereIsNoSuchFile() {
        assertThatThrownBy(() -> Recipe.read(Path.of("nowhere.yaml")))
                .hasMessage("nowhere.yaml cannot be read: there is no such file");
    }

    @Test
    void shouldReadWhatEditorsWrite() throws IOException {
        Path written = Files.writeString(
                folder.resolve("windows.yaml"),
                "\uFEFF" + Files.readString(DEFAULT).replace("\n", "\r\n"));

        assertThat(Recipe.read(written)).isEqualTo(Recipe.read(DEFAULT));
    }

    @Test
    void shouldNameFileAndLineOfWhatIsNoRecipe() throws IOException {
        Path twice = changed("batch:", "batch: 7\nbatch:");
        assertThatThrownBy(() -> Recipe.read(twice))
                .isInstanceOf(RecipeException.class)
                .hasMessageMatching("(?s).*recipe.yaml line \\d+: Duplicate field 'batch'.*");
        Path two = changed("batch:", "---\nbatch:");
        assertThatThrownBy(() -> Recipe.read(two)).isInstanceOf(RecipeException.class);
        Path latin =
                Files.write(folder.resolve("latin.yaml"), "name: gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Recipe.read(latin))
                .isInstanceOf(RecipeException.class)
                .hasMessage(latin + " line 1: not UTF-8: byte 0xFC at column 9");
    }

    @Test
    void shouldLetTheLearningRateFallAlongHalfACosine() {
        Recipe.Optimizer falling = new Recipe.Optimizer(1e-3, 1e-4, 100, 0, 0.9, 0.999, 1);
        Recipe.Optimizer constant = new Recipe.Optimizer(1e-3, 1e-4, 0, 0, 0.9, 0.999, 1);

        assertThat(falling.rateAt(0)).isEqualTo(1e-3);
        assertThat(falling.rateAt(50)).isCloseTo(5.5e-4, within(1e-9));
        assertThat(falling.rateAt(100)).isCloseTo(1e-4, within(1e-12));
        assertThat(falling.rateAt(100_000)).isCloseTo(1e-4, within(1e-12));
        assertThat(constant.rateAt(100_000)).isEqualTo(1e-3);
    }

    @Test
    void shouldDifferInItsSeedAlone() {
        Recipe recipe = Recipe.read(DEFAULT);

        assertThat(recipe.withSeed(9).seed()).isEqualTo(9);
        assertThat(recipe.withSeed(9).withSeed(recipe.seed())).isEqualTo(recipe);
    }

    @Test
    void shouldReadEveryShippedRecipe() throws IOException {
        try (Stream<Path> files = Files.list(DEFAULT.getParent())) {
            assertThat(files.toList()).hasSizeGreaterThan(2).allSatisfy(file -> {
                Recipe recipe = Recipe.read(file);
                assertThat(PretrainedEncoder.of(recipe.text().encoder()).dimensions())
                        .isEqualTo(recipe.generator().text());
            });
        }
    }

    private Path changed(String from, String to) throws IOException {
        String recipe = Files.readString(DEFAULT);
        assertThat(recipe).contains(from);
        return Files.writeString(folder.resolve("recipe.yaml"), recipe.replace(from, to));
    }
}
