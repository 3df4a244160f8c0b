package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The named arrays of a network in the order in which they get their initial values: weights, which are trained, and buffers,
 * which a network updates itself, such as the running statistics of a batch normalisation. Immutable.
 */
public final class Parameters {
    private final Map<String, Entry> entries;

    /**
     * An array.
     *
     * @param initializer of its first value
     * @param group what it is for
     * @param trained false for a buffer
     */
    public record Entry(String name, Shape shape, Initializer initializer, WeightGroup group, boolean trained) {}

    private Parameters(List<Entry> entries) {
        Map<String, Entry> byName = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (byName.put(entry.name(), entry) != null) {
                throw new IllegalArgumentException("two arrays are named " + entry.name());
            }
        }
        this.entries = Collections.unmodifiableMap(byName);
    }

    /** The initial values, drawn in order from the engine's random numbers; owned by {@code manager}. */
    public Weights initialise(NDManager manager) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            NDArray array = entry.initializer().initialize(manager, entry.shape(), DataType.FLOAT32);
            array.setName(name);
            arrays.put(name, array);
        });
        return new Weights(arrays);
    }

    /** Names and shapes, in order. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        entries.forEach((name, entry) -> shapes.put(name, entry.shape()));
        return shapes;
    }

    /** In order. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** By name: whether an array is trained and of a group that is. Of an array that is not here, false. */
    public Predicate<String> trained(Predicate<WeightGroup> groups) {
        return name -> {
            Entry entry = entries.get(name);
            return entry != null && entry.trained() && groups.test(entry.group());
        };
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects arrays in order. One thread. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();
        private WeightGroup group = WeightGroup.BODY;

        private Builder() {}

        /** What the arrays that follow are for. */
        public Builder group(WeightGroup next) {
            group = next;
            return this;
        }

        /** Weights with an initial value of one's own. */
        public Builder weight(String name, Shape shape, Initializer initializer) {
            entries.add(new Entry(name, shape, initializer, group, true));
            return this;
        }

        /** Normally distributed weights with the deviation gain / sqrt(fan-in) (He et al. 2015). */
        public Builder weight(String name, Shape shape, int fanIn, float gain) {
            return weight(name, shape, new NormalInitializer((float) (gain / Math.sqrt(fanIn))));
        }

        /** {@code NAME.weight} (out, in, kernel, kernel) and {@code NAME.bias} (out), which is zero. */
        public Builder conv(String name, int in, int out, int kernel, float gain) {
            return weight(name + ".weight", new Shape(out, in, kernel, kernel), in * kernel * kernel, gain)
                    .bias(name, out);
        }

        /** {@code NAME.weight} (out, in) and {@code NAME.bias} (out), which is zero. */
        public Builder linear(String name, int in, long out, float gain) {
            return weight(name + ".weight", new Shape(out, in), in, gain).bias(name, out);
        }

        /** {@code NAME.bias} (out), which is zero. */
        public Builder bias(String name, long out) {
            return weight(name + ".bias", new Shape(out), Initializer.ZEROS);
        }

        /** An array that is not trained. */
        public Builder buffer(String name, Shape shape, Initializer initializer) {
            entries.add(new Entry(name, shape, initializer, group, false));
            return this;
        }

        public Parameters build() {
            return new Parameters(entries);
        }
    }
}
