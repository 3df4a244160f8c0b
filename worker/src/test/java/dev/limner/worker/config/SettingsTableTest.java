package dev.limner.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings in the guide is what {@link WorkerConfig} reads. */
class SettingsTableTest {
    private static final Path GUIDE = Path.of("../docs/guide/integrate.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(limner\\.worker\\.[a-z.-]+)` \\|([^|]*)\\| [^|]+ \\|$");
    private static final String COMPUTED = "";

    @Test
    void shouldNameEverySettingWithItsDefault() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        ROW.matcher(Files.readString(GUIDE))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2).strip()));
        Map<String, String> read = new TreeMap<>();
        collect("limner.worker", WorkerConfig.class, read);

        assertThat(documented.keySet()).isEqualTo(read.keySet());
        read.forEach((key, value) -> {
            if (!value.equals(COMPUTED)) {
                assertThat(documented).containsEntry(key, "`" + value + "`");
            }
        });
    }

    /** Keys and defaults of a mapping and of those inside it. */
    private static void collect(String prefix, Class<?> mapping, Map<String, String> into) {
        for (Method method : mapping.getDeclaredMethods()) {
            String key = prefix + "." + hyphenated(method.getName());
            if (method.isSynthetic()) {
                continue;
            }
            if (method.getReturnType().getEnclosingClass() == WorkerConfig.class
                    && method.getReturnType().isInterface()) {
                collect(key, method.getReturnType(), into);
            } else {
                WithDefault value = method.getAnnotation(WithDefault.class);
                into.put(key, value == null ? COMPUTED : value.value());
            }
        }
    }

    private static String hyphenated(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
