package dev.limner.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.network.Control;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.network.ModelOutput;
import dev.limner.generator.network.Parameters;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.network.Weights;
import dev.limner.generator.network.film.FilmGenerator;
import dev.limner.generator.network.film.FilmSpec;
import dev.limner.training.augment.Cutout;
import dev.limner.training.augment.Translation;
import dev.limner.training.objective.ReconstructionTerm;
import dev.limner.training.objective.RelativisticObjective;
import dev.limner.training.regularizer.TangentPenalty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        assertThat(recipe.generator().spec()).isEqualTo(new FilmGenerator(FilmSpec.defaultSpec()).spec());
        assertThat(recipe.generator().output().side()).isEqualTo(64);
        assertThat(recipe.asData().at("/objective/gamma").asDouble()).isEqualTo(2);
        assertThat(recipe.parts().objective()).isEqualTo(new RelativisticObjective(0.5));
        assertThat(recipe.parts().regularizers()).containsExactly(new TangentPenalty(2, 8));
        assertThat(recipe.parts().terms()).containsExactly(new ReconstructionTerm(4));
        assertThat(recipe.parts().augmentations()).containsExactly(new Translation(0.125), new Cutout(0));
        assertThat(recipe.parts().game()).isEqualTo(Game.ALTERNATING);
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
    void shouldMeanTheSameInItsShortFormAndPartByPart() throws IOException {
        Recipe whole = Recipe.read(DEFAULT);
        Path written = Files.writeString(
                folder.resolve("recipe.yaml"),
                Files.readString(DEFAULT)
                        .replaceFirst("(?s)objective:.*?optimizer:", """
                                objective: {kind: relativistic, mismatch: 0.5}
                                terms:
                                  - {kind: reconstruction, weight: 4}
                                regularizers:
                                  - {kind: r1-r2, gamma: 2, every: 8}
                                game: {criticMoves: 1}
                                optimizer:
                                  kind: adam""")
                        .replaceFirst("(?s)augmentation:.*?text:", """
                                augmentations:
                                  - {kind: translation, share: 0.125}
                                  - {kind: cutout, share: 0}
                                text:"""));

        Recipe composed = Recipe.read(written);

        assertThat(composed.parts()).isEqualTo(whole.parts());
        assertThat(composed.asData()).isNotEqualTo(whole.asData());
        assertThat(Recipe.of(composed.asData())).isEqualTo(composed);
    }

    @Test
    void shouldRecordARecipeAsManifestsAlwaysDid() {
        assertThat(Recipe.read(DEFAULT).asData().toString()).isEqualTo("""
                {"name":"default","language":"en","seed":1,"batch":32,\
                "generator":{"latent":64,"text":384,"condition":128,"channels":[128,128,64,32],"smooth":true},\
                "discriminator":{"channels":[32,64,128,128],"features":128},\
                "objective":{"mismatch":0.5,"gamma":2.0,"penaltyEvery":8,"reconstruction":4.0},\
                "optimizer":{"learningRate":5.0E-4,"finalLearningRate":1.0E-4,"decaySteps":14000,"beta1":0.0,\
                "beta2":0.9,"averageDecay":0.999,"accumulate":1},\
                "augmentation":{"translation":0.125,"cutout":0.0},\
                "text":{"encoder":"all-minilm-l6-v2-q","noise":0.1}}""");
    }

    @Test
    void shouldTakeAnyArchitectureByItsName() {
        Recipe recipe = TestRecipes.tiny("generator: {architecture: film, spec: {latent: 4, text: 10, condition: 8,"
                + " channels: [20, 12], smooth: true}}");

        assertThat(recipe.generator().spec())
                .isEqualTo(TestRecipes.tiny().generator().spec());
        assertThat(recipe.asData().at("/generator/architecture").asText()).isEqualTo("film");
        assertThat(Recipe.of(recipe.asData())).isEqualTo(recipe);
    }

    @Test
    void shouldNameThePartThatIsWrong() throws IOException {
        assertThatThrownBy(() -> TestRecipes.tiny("objective: {kind: hinges}"))
                .hasMessageContaining("objective.kind is 'hinges', must be one of [")
                .hasMessageContaining("relativistic");
        assertThatThrownBy(() -> TestRecipes.tiny("objective: {kind: relativistic, gamma: 1}"))
                .hasMessageEndingWith("unknown key 'objective.gamma', allowed here are [kind, mismatch]");
        assertThatThrownBy(() -> TestRecipes.tiny("regularizers: [{kind: r1-r2, gamma: -1, every: 4}]"))
                .hasMessageEndingWith("regularizers[0].gamma is -1, must be from 0 to 10000");
        assertThatThrownBy(() -> TestRecipes.tiny("terms: [{weight: 1}]"))
                .hasMessageEndingWith("terms[0].kind is missing");
        assertThatThrownBy(() -> TestRecipes.tiny("terms: 3")).hasMessageEndingWith("terms must be a list");
        assertThatThrownBy(() -> TestRecipes.tiny("objective: 3"))
                .hasMessageEndingWith("objective must be a group of keys");
        assertThatThrownBy(() -> TestRecipes.tiny("discriminator: {channels: [4, wide], features: 2}"))
                .hasMessageEndingWith("discriminator.channels[1] is 'wide', must be a whole number");
        assertThatThrownBy(() -> TestRecipes.tiny("discriminator: {channels: [4], features: 2}"))
                .hasMessageEndingWith(
                        "discriminator.channels has 1 entries, must have as many as generator.channels: 2");
        assertThatThrownBy(() -> TestRecipes.tiny("generator: {text: 10, condition: 8, channels: [20, 12]}"))
                .hasMessageContaining("generator.latent is missing");
        assertThatThrownBy(() -> TestRecipes.tiny("generator: {architecture: oil, spec: {latent: 4}}"))
                .hasMessageContaining("generator.architecture is 'oil', must be one of [film");
        assertThatThrownBy(() -> TestRecipes.tiny("generator: {architecture: film, spec: {latent: 4, text: 10,"
                        + " condition: 8, channels: [20, 12], smooth: true, oil: 2}}"))
                .hasMessageContaining("oil");
        assertThatThrownBy(() -> TestRecipes.tiny("palette: 3"))
                .hasMessageContaining("unknown key 'palette', allowed here are [name, ");
    }

    @Test
    void shouldNotRoundWhatOughtToBeWhole() throws IOException {
        assertThatThrownBy(() -> TestRecipes.tiny("batch: 8.9"))
                .hasMessageEndingWith("batch is 8.9, must be a whole number");
        assertThatThrownBy(() -> TestRecipes.tiny("seed: 0.5"))
                .hasMessageEndingWith("seed is 0.5, must be a whole number");
        assertThatThrownBy(() -> TestRecipes.tiny("discriminator: {channels: [4.5, 4], features: 2}"))
                .hasMessageEndingWith("discriminator.channels is 4.5, must be a whole number");
        assertThatThrownBy(
                        () -> TestRecipes.tiny("generator: {latent: 4.5, text: 10, condition: 8, channels: [20, 12]}"))
                .hasMessageEndingWith("generator.latent is '4.5', must be a whole number");
        assertThat(TestRecipes.tiny("batch: 1e1").batch()).isEqualTo(10);
    }

    @Test
    void shouldTrainOnlyWhatItsStepsHaveInputsFor() {
        ModelInputs captions = ModelInputs.caption(4, 10);
        GeneratorPart.requireCaptions("generator.architecture", new Sketch(captions, ModelOutput.image(8)));

        refuses(new ModelInputs(4, 0, List.of("disc", "ring"), null), ModelOutput.image(8));
        refuses(new ModelInputs(4, 10, List.of("disc", "ring"), null), ModelOutput.image(8));
        refuses(new ModelInputs(4, 10, null, List.of(new Control.Range("width", 0, 1, 0))), ModelOutput.image(8));
        refuses(captions, new ModelOutput(8, 1, 1));
        refuses(captions, new ModelOutput(8, 3, 2));
    }

    private static void refuses(ModelInputs inputs, ModelOutput output) {
        assertThatThrownBy(() -> GeneratorPart.requireCaptions("generator.architecture", new Sketch(inputs, output)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("generator.architecture is 'sketch', which makes ")
                .hasMessageEndingWith("a recipe trains still images in colour of noise and captions");
    }

    private record Sketch(ModelInputs inputs, ModelOutput output) implements TrainableGenerator {
        @Override
        public String architecture() {
            return "sketch";
        }

        @Override
        public JsonNode spec() {
            return JsonNodeFactory.instance.objectNode();
        }

        @Override
        public List<ConvolutionShape> convolutions(int batch) {
            return List.of();
        }

        @Override
        public Parameters parameters() {
            return Parameters.builder().build();
        }

        @Override
        public NDArray generate(Weights weights, GeneratorInputs from) {
            throw new UnsupportedOperationException("a sketch");
        }
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
                        .isEqualTo(recipe.generator().inputs().sentence());
            });
        }
    }

    private Path changed(String from, String to) throws IOException {
        String recipe = Files.readString(DEFAULT);
        assertThat(recipe).contains(from);
        return Files.writeString(folder.resolve("recipe.yaml"), recipe.replace(from, to));
    }
}
