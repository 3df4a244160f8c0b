package dev.limner.client.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker: what is signed, and on what nothing is built. */
class RegistrySigningTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static PrivateKey key;
    private static PublicKey open;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
        ReleaseKeys.generate(folder.resolve("keys"));
        key = ReleaseKeys.readPrivate(folder.resolve("keys/release.key"));
        open = ReleaseKeys.readPublic(folder.resolve("keys/release.pub"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldSignEveryMove() {
        ModelRegistry registry = registry(key);
        registry.begin("moves", release(1));
        assertSigned(registry.current("moves"), 1);
        assertSigned(registry.trial("moves", release(2), 0.5, ""), 2);
        assertSigned(registry.promote("moves", release(2).digest(), ""), 3);
        assertSigned(registry.rollBack("moves", release(2).digest(), ""), 4);
        assertSigned(registry.promote("moves", release(3), ""), 5);
        registry.trial("moves", release(4), 0.5, "");
        assertSigned(registry.reject("moves", release(4).digest(), ""), 7);
    }

    @Test
    void shouldBuildOnNoRecordThatItDidNotSign() throws Exception {
        ModelRegistry registry = registry(key);
        registry.begin("forged", release(1));
        ModelRecord forged = new ModelRecord("forged", 9, release(66), null, List.of(), "", NOW);
        write(forged);
        write(forged.withSignature("AAAA"));

        assertThat(registry.current("forged").orElseThrow().live()).isEqualTo(release(1));
        ModelRecord next = registry.promote("forged", release(2), "").orElseThrow();
        assertThat(next.revision()).isEqualTo(2);
        assertThat(next.previous()).containsExactly(release(1));
        // An old record of its own, written again by somebody, is not the last one.
        write(ReleaseKeys.sign(key, ModelRecord.first("forged", release(1), "", NOW)));
        assertThat(registry.current("forged").orElseThrow()).isEqualTo(next);
    }

    @Test
    void shouldSayWhatToDoWhereNothingIsSignedYetAndSignItOnDemand() {
        ModelRegistry bare = registry(null);
        bare.begin("old", release(1));
        bare.promote("old", release(2), "");
        ModelRegistry registry = registry(key);

        assertThatThrownBy(() -> registry.begin("old", release(3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'limner models sign --key FILE'");
        assertThatThrownBy(() -> bare.sign("old", 0, "")).isInstanceOf(IllegalStateException.class);

        ModelRecord signed = registry.sign("old", 0, "looked at").orElseThrow();
        assertSigned(Optional.of(signed), 3);
        assertThat(signed.releases())
                .allSatisfy(release -> assertThat(ReleaseKeys.verifies(open, release.digest(), release.signature()))
                        .isTrue());
        assertThat(signed.live().digest()).isEqualTo(release(2).digest());
        assertThat(signed.holdout()).isNotNull();
        assertSigned(registry.sign("old", 41, ""), 42);
        assertThat(registry.sign("nobody", 0, "")).isEmpty();

        assertThatThrownBy(() -> bare.promote("old", release(3), ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is signed, and what follows it must be too");
    }

    private static void assertSigned(Optional<ModelRecord> record, long revision) {
        assertThat(record.orElseThrow().revision()).isEqualTo(revision);
        assertThat(ReleaseKeys.verifies(open, record.orElseThrow().encode())).isTrue();
    }

    private static ModelRegistry registry(@Nullable PrivateKey with) {
        return new ModelRegistry(
                new FileBundleStore(folder.resolve("store")),
                new ModelTopic(broker.bootstrap(), Topics.DEFAULT.models(), "test"),
                with,
                Clock.systemUTC());
    }

    private static void write(ModelRecord record) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.DEFAULT.models(), record.model().getBytes(StandardCharsets.UTF_8), record.encode()))
                    .get();
        }
    }

    private static ModelRecord.Release release(int number) {
        return new ModelRecord.Release(String.format("%064x", number), "file:///models/" + number, null);
    }
}
