package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.GanTrainer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OldCheckpointTest {
    private static final Path FOLDER = Path.of("src/test/resources/checkpoints/first-format");

    /** Its recipe is compared as it was recorded; SameBytesTest takes it some steps further. */
    @Test
    void shouldReadACheckpointThatIsOlderThanRecipesOfParts() {
        Recipe recipe = Recipe.read(FOLDER.resolve("recipe.yaml"));
        try (GanTrainer training = new GanTrainer(recipe, Device.cpu())) {
            assertThat(Checkpoint.restore(FOLDER, training, recipe, "data", null))
                    .hasValueSatisfying(found -> assertThat(found.step()).isEqualTo(10));
        }
    }
}
