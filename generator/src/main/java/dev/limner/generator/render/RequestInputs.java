package dev.limner.generator.render;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.InputValues;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.noise.CounterNoise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests as the arrays that a model reads. Rows beyond the requests are zero. */
final class RequestInputs {
    private RequestInputs() {}

    static GeneratorInputs of(ModelInputs inputs, List<RenderRequest> requests, int batchSize, NDManager owner) {
        return new GeneratorInputs(
                floats(owner, noise(requests, inputs.noise(), batchSize), batchSize, inputs.noise()),
                floats(owner, sentences(requests, inputs.sentence(), batchSize), batchSize, inputs.sentence()),
                inputs.readsLabel() ? owner.create(labels(requests, inputs, batchSize)) : null,
                floats(
                        owner,
                        controls(requests, inputs.controls().size(), batchSize),
                        batchSize,
                        inputs.controls().size()));
    }

    private static @Nullable NDArray floats(NDManager owner, float[] values, int rows, int length) {
        return length == 0 ? null : owner.create(values, new Shape(rows, length));
    }

    private static float[] noise(List<RenderRequest> requests, int length, int rows) {
        float[] values = new float[rows * length];
        for (int i = 0; i < requests.size(); i++) {
            RenderRequest request = requests.get(i);
            float[] latent = CounterNoise.normal(request.seed(), request.index(), length);
            for (int j = 0; j < length; j++) {
                values[i * length + j] = (float) (latent[j] * request.truncation());
            }
        }
        return values;
    }

    private static float[] sentences(List<RenderRequest> requests, int length, int rows) {
        if (length == 0) {
            return new float[0];
        }
        return InputValues.sentences(
                requests.stream()
                        .map(request -> request.conditions().sentence())
                        .toList(),
                length,
                rows);
    }

    private static long[] labels(List<RenderRequest> requests, ModelInputs inputs, int rows) {
        long[] values = new long[rows];
        for (int i = 0; i < requests.size(); i++) {
            int label = requests.get(i).conditions().label();
            if (label < 0 || label >= inputs.labels().size()) {
                throw new IllegalArgumentException(
                        "label " + label + ", the model has " + inputs.labels().size());
            }
            values[i] = label;
        }
        return values;
    }

    private static float[] controls(List<RenderRequest> requests, int length, int rows) {
        float[] values = new float[rows * length];
        for (int i = 0; i < requests.size(); i++) {
            float[] controls = requests.get(i).conditions().controls();
            if (controls.length != length) {
                throw new IllegalArgumentException(controls.length + " controls, the model reads " + length);
            }
            System.arraycopy(controls, 0, values, i * length, length);
        }
        return values;
    }
}
