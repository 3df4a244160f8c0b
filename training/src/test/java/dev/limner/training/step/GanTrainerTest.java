package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.arithmetic.ConvolutionShape;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.testing.Gradients;
import dev.limner.protocol.Digests;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GanTrainerTest {
    private static final int STEPS = 50;
    private static final int BATCH = 6;
    private static final Recipe RECIPE = TestRecipes.tiny();

    @Test
    void shouldLearnTheSameToTheByteFromTheSameSeed() {
        Gradients.bothWays(() -> {
            String once = hashAfterTraining();

            assertThat(hashAfterTraining()).isEqualTo(once);
        });
    }

    @Test
    void shouldNameTheShapesOfBothNetworksAtTheSizesTheySee() {
        List<ConvolutionShape> shapes = GanTrainer.convolutions(RECIPE);

        assertThat(shapes)
                .contains(
                        ConvolutionShape.keeping(
                                2 * BATCH,
                                12,
                                12,
                                3,
                                RECIPE.generator().output().side() / 2),
                        new ConvolutionShape(2 * BATCH, 17, 9, 4, 4, false));
    }

    private static String hashAfterTraining() {
        List<Float> gradients = new ArrayList<>();
        try (GanTrainer training = new GanTrainer(RECIPE, Device.cpu())) {
            for (int step = 0; step < STEPS; step++) {
                StepReport report = training.step(step, List.of(batch(step)));
                gradients.add(report.generatorGradient());
            }
            assertThat(gradients).allMatch(gradient -> gradient > 0 && Float.isFinite(gradient));
            return hash(training);
        }
    }

    private static String hash(GanTrainer training) {
        List<byte[]> parts = new ArrayList<>();
        int length = 0;
        for (var tensor : training.arrays().values()) {
            float[] values = tensor.toArray();
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
            bytes.asFloatBuffer().put(values);
            parts.add(bytes.array());
            length += bytes.capacity();
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        parts.forEach(all::put);
        return Digests.sha256(all.array());
    }

    private static TrainingBatch batch(int step) {
        int side = RECIPE.generator().output().side();
        int text = RECIPE.generator().inputs().sentence();
        float[] images = CounterNoise.normal(step, 0, BATCH * 3 * side * side);
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.tanh(images[i]);
        }
        return new TrainingBatch(
                BATCH, images, CounterNoise.normal(step, 1, BATCH * text), CounterNoise.normal(step, 2, BATCH * text));
    }
}
