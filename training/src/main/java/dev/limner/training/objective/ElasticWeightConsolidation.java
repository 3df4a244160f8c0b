package dev.limner.training.objective;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.network.Layers;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.tensor.TensorFiles;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Elastic weight consolidation (Kirkpatrick et al. 2017): the more a weight mattered for what the model could do before,
 * the less it may move. The importances are scaled to a mean of one, so that the weight of the term means the same for
 * every model. Owns copies of both.
 */
public final class ElasticWeightConsolidation implements GeneratorTerm, AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> before = new LinkedHashMap<>();
    private final Map<String, NDArray> importance = new LinkedHashMap<>();
    private final float weight;

    /**
     * @param before the weights that moved from
     * @param importance of those that may move: {@link GanTrainer#importance}
     */
    public ElasticWeightConsolidation(
            Device device,
            Map<String, Safetensors.Tensor> before,
            Map<String, Safetensors.Tensor> importance,
            float weight) {
        this.manager = NDManager.newBaseManager(device, "PyTorch");
        this.weight = weight;
        double sum = 0;
        long count = 0;
        for (Safetensors.Tensor tensor : importance.values()) {
            for (float value : tensor.toArray()) {
                sum += value;
                count++;
            }
        }
        float scale = (float) (count / Math.max(sum, 1e-30));
        importance.forEach((name, tensor) -> {
            this.importance.put(name, TensorFiles.create(manager, tensor).muli(scale));
            this.before.put(name, TensorFiles.create(manager, Objects.requireNonNull(before.get(name), name)));
        });
    }

    @Override
    public NDArray loss(Generation generation) {
        NDArray total = generation.temporary().create(0f);
        for (Map.Entry<String, NDArray> entry : importance.entrySet()) {
            // What an operation makes belongs to the owner of its first operand: start from an array of this step's.
            NDArray start = Objects.requireNonNull(before.get(entry.getKey())).stopGradient();
            start.attach(generation.temporary());
            NDArray moved = start.sub(generation.weights().get(entry.getKey()));
            total = total.add(moved.square().mul(entry.getValue()).sum());
        }
        return Layers.scale(total, weight);
    }

    @Override
    public void close() {
        manager.close();
    }
}
