package dev.limner.worker.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that had another name before are still taken under it, with a warning, for one release. Where both are given the
 * new one counts, with a warning too. Found through {@link java.util.ServiceLoader}. Safe from any thread.
 */
public final class RenamedSettings implements ConfigSourceInterceptor {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RenamedSettings.class);

    /** New name to the one before. */
    private static final Map<String, String> BEFORE = Map.of(
            "limner.worker.publish.max-bytes", "limner.worker.publish.most-bytes",
            "limner.worker.models.max-bytes", "limner.worker.models.most-bytes");

    private static final Map<String, String> NOW =
            BEFORE.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final Warnings warnings;

    /** Is told of a setting that is given under the name it had before. */
    @FunctionalInterface
    interface Warnings extends Serializable {
        /** @param both whether it is given under its new name too */
        void warn(String before, String now, boolean both);
    }

    /** Logs each setting once in the life of the process. */
    public RenamedSettings() {
        this((before, now, both) -> {
            if (TOLD.add(before)) {
                LOG.atWarn()
                        .addKeyValue("setting", before)
                        .addKeyValue("now", now)
                        .log(
                                both
                                        ? "a setting is given under its new name too, which counts"
                                        : "a setting has a new name");
            }
        });
    }

    RenamedSettings(Warnings warnings) {
        this.warnings = warnings;
    }

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        String before = BEFORE.get(name);
        if (before == null) {
            return value;
        }
        ConfigValue old = context.proceed(before);
        if (old == null) {
            return value;
        }
        boolean both = value != null && value.getConfigSourceOrdinal() > Integer.MIN_VALUE;
        warnings.warn(before, name, both);
        // With the name it was given under, so that a value that cannot be read is found where it stands.
        return both ? value : old;
    }

    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        Set<String> names = new LinkedHashSet<>();
        context.iterateNames().forEachRemaining(name -> names.add(NOW.getOrDefault(name, name)));
        return names.iterator();
    }
}
