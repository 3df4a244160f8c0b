package dev.limner.client.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class ModelTopicTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static ModelTopic topic() {
        return new ModelTopic(broker.bootstrap(), Topics.DEFAULT.models(), "test");
    }

    @Test
    void shouldShowEveryChangeTheOneBefore() {
        ModelTopic topic = topic();
        assertThat(topic.read("seen")).isEmpty();

        topic.update("seen", before -> Optional.of(ModelRecord.first("seen", release(1), "first", NOW)));
        topic.update("seen", before -> before.map(record -> record.withLive(release(2), "better", NOW)));
        Optional<ModelRecord> unchanged = topic.update("seen", before -> Optional.empty());

        ModelRecord record = topic.read("seen").orElseThrow();
        assertThat(unchanged).hasValue(record);
        assertThat(record.revision()).isEqualTo(2);
        assertThat(record.live()).isEqualTo(release(2));
        assertThat(record.previous()).containsExactly(release(1));
        assertThat(topic.all()).containsKey("seen");
    }

    /** A change is committed a moment before the brokers show it. */
    @Test
    void shouldWaitForWhatIsWrittenAndNotShownYet() throws Exception {
        ModelRecord record = ModelRecord.first("open", release(1), "first", NOW);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", "somebody"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                ExecutorService threads = Executors.newFixedThreadPool(1)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(
                            Topics.DEFAULT.models(), "open".getBytes(StandardCharsets.UTF_8), record.encode()))
                    .get();
            Future<Map<String, ModelRecord>> all = threads.submit(() -> topic().all());
            Thread.sleep(2000);
            producer.commitTransaction();

            assertThat(all.get()).containsEntry("open", record);
        }
    }

    @Test
    void shouldReadUpToWhatStaysOpen() throws Exception {
        topic().update("before", none -> Optional.of(ModelRecord.first("before", release(1), "first", NOW)));
        ModelRecord record = ModelRecord.first("stays-open", release(1), "first", NOW);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", "somebody-slow"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(
                            Topics.DEFAULT.models(), "stays-open".getBytes(StandardCharsets.UTF_8), record.encode()))
                    .get();
            ModelTopic hurried =
                    topic().waiting(new ModelTopic.Patience(Duration.ofSeconds(1), Duration.ofSeconds(30)));

            assertThat(hurried.all()).containsKey("before").doesNotContainKey("stays-open");
            producer.abortTransaction();
        }
    }

    @Test
    void shouldSayThatTheTopicCannotBeReadInTime() {
        topic().update("late", none -> Optional.of(ModelRecord.first("late", release(1), "first", NOW)));

        assertThatThrownBy(() -> topic().waiting(new ModelTopic.Patience(Duration.ofMinutes(1), Duration.ZERO))
                        .all())
                .hasMessageStartingWith("the topic " + Topics.DEFAULT.models() + " on " + broker.bootstrap()
                        + " cannot be read to its end in 0 s");
    }

    @Test
    void shouldLoseNoChangeOfTwoWhoMakeThemAtOnce() throws Exception {
        topic().update("both", before -> Optional.of(ModelRecord.first("both", release(0), "first", NOW)));
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                int mine = writer;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 2; i++) {
                        int number = 1 + mine * 2 + i;
                        topic().update(
                                        "both",
                                        before -> before.map(record -> record.withLive(release(number), "", NOW)));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        assertThat(topic().read("both").orElseThrow().revision()).isEqualTo(7);
    }

    private static ModelRecord.Release release(int number) {
        return new ModelRecord.Release(String.format("%064x", number), "file:///models/" + number, null);
    }
}
