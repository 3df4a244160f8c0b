package dev.limner.generator.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network's arrays by name, in declaration order. The networks are functions of their weights, so the same code generates
 * with trainable weights, with frozen aliases of them, and with an average of them.
 *
 * <p>The arrays belong to whoever made them; this record only names them. Not thread-safe while they are being trained.
 *
 * @param arrays name to array
 */
public record Weights(Map<String, NDArray> arrays) {
    public Weights {
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    /** @throws IllegalArgumentException if there is no array of this name */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no weight named " + name + ", there are " + arrays.keySet());
        }
        return array;
    }

    /** Aliases of the same storage that record no gradient, owned by {@code manager}. */
    public Weights frozen(NDManager manager) {
        Map<String, NDArray> aliases = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            NDArray alias = array.stopGradient();
            alias.attach(manager);
            aliases.put(name, alias);
        });
        return new Weights(aliases);
    }

    /** Number of trainable values. */
    public long count() {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }
}
