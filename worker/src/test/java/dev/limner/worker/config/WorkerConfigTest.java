package dev.limner.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.store.file.FileStore;
import dev.limner.worker.release.ReleaseSettings;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {
    @Test
    void shouldColourNoLogs() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = getClass().getResourceAsStream("/application.properties")) {
            settings.load(file);
        }

        // Left to itself Quarkus colours them on any terminal, with NO_COLOR and TERM=dumb, too.
        assertThat(settings).containsEntry("quarkus.console.color", "false");
    }

    @Test
    void shouldHaveTheDocumentedDefaults() {
        WorkerConfig config = config(Map.of());

        assertThat(config.name()).isEmpty();
        assertThat(config.bootstrap()).isEqualTo("localhost:9092");
        assertThat(config.topicPrefix()).isEqualTo("limner");
        assertThat(config.group()).isEqualTo("limner-workers");
        assertThat(config.groupProtocol()).isEqualTo("consumer");
        assertThat(config.model()).isEqualTo(Path.of("models/default"));
        assertThat(config.device()).isEqualTo("auto");
        assertThat(config.threads()).isEqualTo(1);
        assertThat(config.streams()).isZero();
        assertThat(config.generator()).isEqualTo(WorkerConfig.Generator.MODEL);
        assertThat(config.cache()).isEqualTo(Path.of(".limner/cache"));
        assertThat(config.writeCaptions()).isTrue();
        assertThat(config.commitInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.stopWithin()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.batch().maxSize()).isEqualTo(32);
        assertThat(config.batch().linger()).isEqualTo(Duration.ofMillis(5));
        assertThat(config.batch().sizes()).isEmpty();
        assertThat(config.intake().buffer()).isEqualTo(256);
        assertThat(config.store().path()).isEqualTo(Path.of(".limner/store"));
        assertThat(config.store().durability()).isEqualTo(FileStore.Durability.FSYNC);
        assertThat(config.text().cache()).isEqualTo(10_000);
        assertThat(config.constantDelay()).isZero();
        assertThat(config.deviceOutage()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.ledgerVersion()).isEqualTo(1);
        assertThat(config.revokeWithin()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.intake().recentIds()).isEqualTo(1000);
        assertThat(config.intake().maxPendingBytes()).isEmpty();
        assertThat(config.publish().maxBytes()).isEqualTo(1_000_000);
        assertThat(config.publish().within()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.models().follow()).isTrue();
        assertThat(config.models().store()).isEqualTo(Path.of(".limner/models"));
        assertThat(config.models().cache()).isEmpty();
        assertThat(config.models().fallback()).isFalse();
        assertThat(config.models().publicKey()).isEmpty();
        assertThat(config.models().maxBytes()).isEqualTo(512L << 20);
        assertThat(config.models().pinned()).isEqualTo(2);
        assertThat(config.models().beside()).isEqualTo(ReleaseSettings.Beside.AUTO);
    }

    @Test
    void shouldTakeEveryKey() {
        WorkerConfig config = config(Map.ofEntries(
                Map.entry("limner.worker.name", "w7"),
                Map.entry("limner.worker.bootstrap", "kafka:1"),
                Map.entry("limner.worker.topic-prefix", "p"),
                Map.entry("limner.worker.group", "g"),
                Map.entry("limner.worker.group-protocol", "classic"),
                Map.entry("limner.worker.model", "/m"),
                Map.entry("limner.worker.device", "cpu"),
                Map.entry("limner.worker.threads", "3"),
                Map.entry("limner.worker.streams", "5"),
                Map.entry("limner.worker.generator", "constant"),
                Map.entry("limner.worker.cache", "/c"),
                Map.entry("limner.worker.write-captions", "false"),
                Map.entry("limner.worker.commit-interval", "10ms"),
                Map.entry("limner.worker.stop-within", "5s"),
                Map.entry("limner.worker.batch.max-size", "4"),
                Map.entry("limner.worker.batch.linger", "0ms"),
                Map.entry("limner.worker.batch.sizes", "4,64"),
                Map.entry("limner.worker.intake.buffer", "9"),
                Map.entry("limner.worker.store.path", "/s"),
                Map.entry("limner.worker.store.durability", "os"),
                Map.entry("limner.worker.constant-delay", "7ms"),
                Map.entry("limner.worker.device-outage", "9s"),
                Map.entry("limner.worker.ledger-version", "0"),
                Map.entry("limner.worker.revoke-within", "2s"),
                Map.entry("limner.worker.intake.recent-ids", "5"),
                Map.entry("limner.worker.intake.max-pending-bytes", "2097152"),
                Map.entry("limner.worker.publish.max-bytes", "50000"),
                Map.entry("limner.worker.publish.within", "9s"),
                Map.entry("limner.worker.models.follow", "false"),
                Map.entry("limner.worker.models.store", "/r"),
                Map.entry("limner.worker.models.cache", "/mc"),
                Map.entry("limner.worker.models.fallback", "true"),
                Map.entry("limner.worker.models.public-key", "/k.pub"),
                Map.entry("limner.worker.models.max-bytes", "77"),
                Map.entry("limner.worker.models.pinned", "0"),
                Map.entry("limner.worker.models.beside", "never"),
                Map.entry("limner.worker.text.cache", "1")));

        assertThat(config.name()).contains("w7");
        assertThat(config.bootstrap()).isEqualTo("kafka:1");
        assertThat(config.topicPrefix()).isEqualTo("p");
        assertThat(config.group()).isEqualTo("g");
        assertThat(config.groupProtocol()).isEqualTo("classic");
        assertThat(config.model()).isEqualTo(Path.of("/m"));
        assertThat(config.device()).isEqualTo("cpu");
        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.streams()).isEqualTo(5);
        assertThat(config.generator()).isEqualTo(WorkerConfig.Generator.CONSTANT);
        assertThat(config.cache()).isEqualTo(Path.of("/c"));
        assertThat(config.writeCaptions()).isFalse();
        assertThat(config.commitInterval()).isEqualTo(Duration.ofMillis(10));
        assertThat(config.stopWithin()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.batch().maxSize()).isEqualTo(4);
        assertThat(config.batch().linger()).isEqualTo(Duration.ZERO);
        assertThat(config.batch().sizes()).contains(List.of(4, 64));
        assertThat(config.intake().buffer()).isEqualTo(9);
        assertThat(config.store().path()).isEqualTo(Path.of("/s"));
        assertThat(config.store().durability()).isEqualTo(FileStore.Durability.OS);
        assertThat(config.text().cache()).isEqualTo(1);
        assertThat(config.constantDelay()).isEqualTo(Duration.ofMillis(7));
        assertThat(config.deviceOutage()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.ledgerVersion()).isZero();
        assertThat(config.revokeWithin()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.intake().recentIds()).isEqualTo(5);
        assertThat(config.intake().maxPendingBytes()).contains(2L << 20);
        assertThat(config.publish().maxBytes()).isEqualTo(50_000);
        assertThat(config.publish().within()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.models().follow()).isFalse();
        assertThat(config.models().store()).isEqualTo(Path.of("/r"));
        assertThat(config.models().cache()).contains(Path.of("/mc"));
        assertThat(config.models().fallback()).isTrue();
        assertThat(config.models().publicKey()).contains(Path.of("/k.pub"));
        assertThat(config.models().maxBytes()).isEqualTo(77);
        assertThat(config.models().pinned()).isZero();
        assertThat(config.models().beside()).isEqualTo(ReleaseSettings.Beside.NEVER);
    }

    @Test
    void shouldNameTheKeyOfAValueOfTheWrongKind() {
        assertThatThrownBy(() -> config(Map.of("limner.worker.batch.max-size", "many")))
                .hasMessageContaining("limner.worker.batch.max-size");
        assertThatThrownBy(() -> config(Map.of("limner.worker.no-such-key", "1")))
                .hasMessageContaining("limner.worker.no-such-key");
    }

    @Test
    void shouldStillTakeTheNamesThatSettingsHadBefore() {
        WorkerConfig config =
                config(Map.of("limner.worker.publish.most-bytes", "50000", "limner.worker.models.most-bytes", "77"));

        assertThat(config.publish().maxBytes()).isEqualTo(50_000);
        assertThat(config.models().maxBytes()).isEqualTo(77);
    }

    @Test
    void shouldTakeTheNewNameOfASettingThatIsGivenUnderBoth() {
        assertThat(config(Map.of(
                                "limner.worker.publish.most-bytes",
                                "50000",
                                "limner.worker.publish.max-bytes",
                                "60000"))
                        .publish()
                        .maxBytes())
                .isEqualTo(60_000);
    }

    @Test
    void shouldTakeTheNameOfBeforeFromTheEnvironmentToo() {
        assertThat(config(new EnvConfigSource(Map.of("LIMNER_WORKER_PUBLISH_MOST_BYTES", "50000"), 300))
                        .publish()
                        .maxBytes())
                .isEqualTo(50_000);
    }

    private static WorkerConfig config(Map<String, String> values) {
        return config(new PropertiesConfigSource(values, "test", 500));
    }

    private static WorkerConfig config(ConfigSource source) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withMapping(WorkerConfig.class)
                .addDiscoveredInterceptors()
                // Quarkus reads durations such as 50ms; its own converter is internal to it.
                .withConverter(Duration.class, 200, (Converter<Duration>) WorkerConfigTest::duration)
                .withSources(source)
                .build();
        return config.getConfigMapping(WorkerConfig.class);
    }

    private static Duration duration(String written) {
        return written.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(written.replace("ms", "")))
                : Duration.parse("PT" + written);
    }
}
