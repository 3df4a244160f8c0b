package dev.limner.training.settings;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds the members of open sets. */
public final class Kinds {
    private static final String KIND = "kind";

    private Kinds() {}

    /**
     * All members of a set by id, in the order of their ids.
     *
     * @throws IllegalStateException if two have the same id
     */
    public static <K extends Kind<?>> Map<String, K> all(Class<K> set) {
        Map<String, K> kinds = new TreeMap<>();
        for (K kind : ServiceLoader.load(set, set.getClassLoader())) {
            K other = kinds.put(kind.id(), kind);
            if (other != null) {
                throw new IllegalStateException(other.getClass().getName() + " and "
                        + kind.getClass().getName() + " are both called " + kind.id());
            }
        }
        return kinds;
    }

    /** Reads settings that say by {@code kind} which member they are of. */
    public static <T> T read(Class<? extends Kind<T>> set, Settings settings) {
        settings.also(KIND);
        return read(set, settings.text(KIND), settings);
    }

    /** The same where settings without {@code kind} are the standard's. */
    public static <T> T read(Class<? extends Kind<T>> set, Settings settings, String standard) {
        settings.also(KIND);
        return read(set, settings.has(KIND) ? settings.text(KIND) : standard, settings);
    }

    private static <T> T read(Class<? extends Kind<T>> set, String id, Settings settings) {
        Map<String, ? extends Kind<T>> kinds = all(set);
        Kind<T> kind = kinds.get(id);
        if (kind == null) {
            throw new IllegalArgumentException(
                    settings.path(KIND) + " is '" + id + "', must be one of " + kinds.keySet());
        }
        T part = kind.read(settings);
        settings.requireDeclared(kind.getClass());
        return part;
    }
}
