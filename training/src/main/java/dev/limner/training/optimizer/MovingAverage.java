package dev.limner.training.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.limner.generator.network.Layers;
import dev.limner.generator.network.Weights;
import java.util.LinkedHashMap;
import java.util.Map;

/** The exponential moving average of the generator's weights: what is shown, evaluated and released. */
public final class MovingAverage {
    private final Weights moving;
    private final Weights buffers;
    private final Weights average;
    private final double decay;

    /**
     * @param source what is averaged
     * @param moving those of its weights that are trained; the others stay as they are, to the bit
     * @param buffers what its network updates itself, taken as they are
     */
    public MovingAverage(NDManager manager, Weights source, Weights moving, Weights buffers, double decay) {
        this.moving = moving;
        this.buffers = buffers;
        this.decay = decay;
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        source.arrays().forEach((name, array) -> {
            NDArray copy = array.duplicate();
            copy.attach(manager);
            copy.setRequiresGradient(false);
            arrays.put(name, copy);
        });
        this.average = new Weights(arrays);
    }

    public Weights weights() {
        return average;
    }

    /** Moves the average towards its source; early on it follows quickly, (1 + i) / (10 + i). */
    public void update(NDManager manager, long step) {
        float keep = (float) Math.min(decay, (1.0 + step) / (10.0 + step));
        moving.arrays().forEach((name, array) -> {
            NDArray alias = array.stopGradient();
            alias.attach(manager);
            average.get(name).muli(keep).addi(Layers.scale(alias, 1 - keep));
        });
        buffers.arrays().forEach((name, array) -> array.copyTo(average.get(name)));
    }
}
