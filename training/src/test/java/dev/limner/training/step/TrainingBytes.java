package dev.limner.training.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/** Batches out of nothing, and whether two trainings are the same. */
final class TrainingBytes {
    private TrainingBytes() {}

    static TrainingBatch batch(Recipe recipe, long number) {
        int size = recipe.batch();
        int side = recipe.generator().output().side();
        int text = recipe.generator().inputs().sentence();
        float[] images = CounterNoise.normal(number, 0, size * 3 * side * side);
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) Math.tanh(images[i]);
        }
        float[] own = new float[size];
        for (int i = 0; i < size; i++) {
            own[i] = (i + number) % 3 == 0 ? 0 : 1;
        }
        return new TrainingBatch(
                size,
                images,
                CounterNoise.normal(number, 1, size * text),
                CounterNoise.normal(number, 2, size * text),
                own);
    }

    static List<TrainingBatch> batches(Recipe recipe, long step, int count) {
        return LongStream.range(step * count, (step + 1) * count)
                .mapToObj(number -> batch(recipe, number))
                .toList();
    }

    static void assertSame(Map<String, Safetensors.Tensor> found, Map<String, Safetensors.Tensor> expected) {
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        found.forEach((name, tensor) -> {
            Safetensors.Tensor other = Objects.requireNonNull(expected.get(name));
            assertThat(tensor.shape()).as(name).isEqualTo(other.shape());
            assertThat(tensor.toArray()).as(name).containsExactly(other.toArray());
        });
    }
}
