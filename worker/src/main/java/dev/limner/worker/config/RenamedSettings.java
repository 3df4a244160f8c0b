package dev.limner.worker.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
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
 * new one counts. Found through {@link java.util.ServiceLoader}. Safe from any thread.
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

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        String before = BEFORE.get(name);
        if (before == null || (value != null && value.getConfigSourceOrdinal() > Integer.MIN_VALUE)) {
            return value;
        }
        ConfigValue old = context.proceed(before);
        if (old == null) {
            return value;
        }
        if (TOLD.add(before)) {
            LOG.atWarn().addKeyValue("setting", before).addKeyValue("now", name).log("a setting has a new name");
        }
        return old.withName(name);
    }

    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        Set<String> names = new LinkedHashSet<>();
        context.iterateNames().forEachRemaining(name -> names.add(NOW.getOrDefault(name, name)));
        return names.iterator();
    }
}
