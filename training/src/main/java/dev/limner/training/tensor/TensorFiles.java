package dev.limner.training.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.Weights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Between arrays on the device and tensors in files. */
public final class TensorFiles {
    private TensorFiles() {}

    public static Safetensors.Tensor of(NDArray array) {
        try (NDArray alias = array.stopGradient()) {
            return new Safetensors.Tensor(shape(array), FloatBuffer.wrap(alias.toFloatArray()));
        }
    }

    /** All of them, by name. */
    public static Map<String, Safetensors.Tensor> of(Weights weights) {
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        weights.arrays().forEach((name, array) -> tensors.put(name, of(array)));
        return tensors;
    }

    public static NDArray create(NDManager manager, Safetensors.Tensor tensor) {
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        return manager.create(FloatBuffer.wrap(tensor.toArray()), shape, DataType.FLOAT32);
    }

    /**
     * Writes stored values into arrays, which stay the same arrays.
     *
     * @param prefix of the stored names
     * @throws IllegalArgumentException if an array is missing or has another shape
     */
    public static void assign(Weights weights, Map<String, Safetensors.Tensor> tensors, String prefix) {
        weights.arrays().forEach((name, array) -> {
            Safetensors.Tensor tensor = tensors.get(prefix + name);
            if (tensor == null || !tensor.shape().equals(shape(array))) {
                throw new IllegalArgumentException("there is no " + prefix + name + " of shape " + shape(array)
                        + "; it was made with another recipe");
            }
            try (NDArray alias = array.stopGradient();
                    NDArray stored = array.getManager()
                            .create(FloatBuffer.wrap(tensor.toArray()), array.getShape(), DataType.FLOAT32)) {
                alias.subi(alias).addi(stored);
            }
        });
    }

    private static List<Long> shape(NDArray array) {
        List<Long> dimensions = new ArrayList<>();
        Arrays.stream(array.getShape().getShape()).forEach(dimensions::add);
        return dimensions;
    }
}
