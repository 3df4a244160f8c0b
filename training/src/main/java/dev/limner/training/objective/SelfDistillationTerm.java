package dev.limner.training.objective;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import dev.limner.training.tensor.TensorFiles;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what is generated for the data's own captions near to what the model generated before it was tuned: the mean absolute
 * difference for the same noise. What people showed as examples may look different. Owns a copy of the old weights.
 */
public final class SelfDistillationTerm implements GeneratorTerm, AutoCloseable {
    private final NDManager manager;
    private final Weights before;
    private final float weight;

    public SelfDistillationTerm(Device device, Map<String, Safetensors.Tensor> before, float weight) {
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        before.forEach((name, tensor) -> arrays.put(name, TensorFiles.create(manager, tensor)));
        this.before = new Weights(arrays);
        this.weight = weight;
    }

    @Override
    public NDArray loss(Generation generation) {
        NDArray old =
                generation.network().generate(before, GeneratorInputs.of(generation.noise(), generation.sentence()));
        NDArray moved = generation.generated().sub(old).abs();
        moved = moved.reshape(moved.getShape().get(0), -1).mean(new int[] {1});
        return Layers.scale(moved.mul(generation.own()).mean(), weight);
    }

    @Override
    public void close() {
        manager.close();
    }
}
