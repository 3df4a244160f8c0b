package dev.limner.training.settings;

/**
 * A member of an open set: one way to do what the set is for. Found by {@link java.util.ServiceLoader}, so that another one is
 * one file and one line in {@code META-INF/services}. Stateless; needs a public constructor without parameters.
 *
 * @param <T> what it makes of its settings
 */
public interface Kind<T> {
    /** How a recipe names it: {@code kind: ID}. Written into manifests, so it never changes. */
    String id();

    /**
     * Reads its part of a recipe. Declares its keys first ({@link Settings#keys}), then reads them.
     *
     * @throws IllegalArgumentException naming the key and its value
     */
    T read(Settings settings);
}
