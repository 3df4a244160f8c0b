package dev.limner.generator.network;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The architectures of this build, by id. Safe from any thread. */
public final class Architectures {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    private final Map<String, Architecture> byId = new TreeMap<>();

    private Architectures(Iterable<Architecture> found) {
        for (Architecture architecture : found) {
            String id = architecture.id();
            if (!ID.matcher(id).matches()) {
                throw new IllegalStateException(
                        architecture.getClass().getName() + " has id '" + id + "', must match " + ID);
            }
            Architecture other = byId.put(id, architecture);
            if (other != null) {
                throw new IllegalStateException(other.getClass().getName() + " and "
                        + architecture.getClass().getName() + " both have id '" + id + "'");
            }
        }
    }

    /** Looked up once; a service that is added to a running process is not seen. */
    private static final class Found {
        static final Architectures ALL =
                of(ServiceLoader.load(Architecture.class, Architecture.class.getClassLoader()));
    }

    /** Those on the class path. */
    public static Architectures all() {
        return Found.ALL;
    }

    /** @throws IllegalStateException if two have the same id, or one has none */
    static Architectures of(Iterable<Architecture> found) {
        return new Architectures(found);
    }

    public Optional<Architecture> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Their ids, sorted, as an error names them. */
    @Override
    public String toString() {
        return String.join(", ", byId.keySet());
    }
}
