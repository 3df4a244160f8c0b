package dev.limner.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;

class RenamedSettingsTest {
    private static final String OLD = "limner.worker.publish.most-bytes";
    private static final String NEW = "limner.worker.publish.max-bytes";
    private static final ConfigSource FILE = new PropertiesConfigSource(Map.of(NEW, "60000"), "file", 250);

    private final Set<String> warned = new LinkedHashSet<>();

    @Test
    void shouldSayNothingOfNewNames() {
        assertThat(maxBytes(FILE)).isEqualTo(60_000);
        assertThat(warned).isEmpty();
    }

    @Test
    void shouldTakeTheOldNameWithAWarning() {
        assertThat(maxBytes(new PropertiesConfigSource(Map.of(OLD, "50000"), "file", 250)))
                .isEqualTo(50_000);
        assertThat(warned).containsExactly(OLD + " is now " + NEW);
    }

    @Test
    void shouldSayThatTheNewNameCountsWhereBothAreGiven() {
        assertThat(maxBytes(FILE, new EnvConfigSource(Map.of("LIMNER_WORKER_PUBLISH_MOST_BYTES", "50000"), 300)))
                .isEqualTo(60_000);
        assertThat(warned).containsExactly(OLD + " is now " + NEW + ", given too");
    }

    @Test
    void shouldSaySoOfSystemPropertiesToo() {
        assertThat(maxBytes(FILE, new PropertiesConfigSource(Map.of(OLD, "50000"), "system", 400)))
                .isEqualTo(60_000);
        assertThat(warned).containsExactly(OLD + " is now " + NEW + ", given too");
    }

    @Test
    void shouldSaySoOfValuesForAProfileToo() {
        assertThat(maxBytes(FILE, new PropertiesConfigSource(Map.of("%prod." + OLD, "50000"), "other", 260)))
                .isEqualTo(60_000);
        assertThat(warned).containsExactly(OLD + " is now " + NEW + ", given too");
    }

    @Test
    void shouldNameTheSettingAsItWasGivenWhereItsValueCannotBeRead() {
        assertThatThrownBy(() -> maxBytes(new PropertiesConfigSource(Map.of(OLD, "many"), "file", 250)))
                .hasMessageContaining(OLD)
                .hasMessageContaining("many");
        assertThatThrownBy(() -> maxBytes(new EnvConfigSource(Map.of("LIMNER_WORKER_PUBLISH_MOST_BYTES", "many"), 300)))
                .hasMessageContaining(OLD);
        assertThat(warned).containsExactly(OLD + " is now " + NEW);
    }

    private long maxBytes(ConfigSource... sources) {
        return new SmallRyeConfigBuilder()
                .withProfile("prod")
                .withMapping(WorkerConfig.class)
                .addDefaultInterceptors()
                .withInterceptors(new RenamedSettings(
                        (before, now, both) -> warned.add(before + " is now " + now + (both ? ", given too" : ""))))
                .withConverter(Duration.class, 200, (Converter<Duration>) RenamedSettingsTest::duration)
                .withSources(sources)
                .build()
                .getConfigMapping(WorkerConfig.class)
                .publish()
                .maxBytes();
    }

    /** Quarkus reads durations such as 50ms; its own converter is internal to it. */
    private static Duration duration(String written) {
        return written.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(written.replace("ms", "")))
                : Duration.parse("PT" + written);
    }
}
