package dev.limner.trainer.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Topics;
import dev.limner.training.feedback.FeedbackImageCheck;
import dev.limner.training.feedback.FeedbackIntake;
import dev.limner.training.feedback.StoredImages;
import dev.limner.training.replay.ReplayBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic that is deleted and created again, over a real broker. */
class SourceCheckTest {
    private static final String TOPIC = Topics.DEFAULT.feedback();

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static int number;

    private ReplayBuffer replay;
    private FeedbackIntake intake;
    private SourceCheck check;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void open() {
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);
        replay = ReplayBuffer.open(folder.resolve("replay-" + ++number + ".db"), 100);
        FeedbackImageCheck images = new FeedbackImageCheck(
                new StoredImages(folder, List.of()), "default", any -> false, any -> new float[0], 1);
        intake = new FeedbackIntake(replay, images, (record, error) -> {}, 5, InstantSource.system(), () -> {});
        check = new SourceCheck(broker.bootstrap(), TOPIC, replay, intake);
    }

    @AfterEach
    void close() throws Exception {
        check.close();
        replay.close();
        delete();
    }

    @Test
    void shouldDropThePositionsOfATopicThatWasMadeAgain() throws Exception {
        assertThat(check.isAnother()).isFalse();
        position(1000);
        assertThat(check.isAnother()).isFalse();
        assertThat(replay.position(TOPIC, 0)).contains(1000L);

        delete();
        FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 1, (short) 1);

        // Until the broker knows the new one it says nothing, and nothing is changed.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        boolean another = check.isAnother();
        while (!another && System.nanoTime() < deadline) {
            another = check.isAnother();
        }
        assertThat(another).isTrue();
        assertThat(replay.position(TOPIC, 0)).isEmpty();
        // A batch of the old topic that was on its way.
        position(1001);
        assertThat(check.isAnother()).isTrue();
        assertThat(replay.position(TOPIC, 0)).isEmpty();
        position(3);
        assertThat(check.isAnother()).isFalse();
        assertThat(replay.position(TOPIC, 0)).contains(3L);
    }

    @Test
    void shouldKnowThePositionsOfAnEarlierBuildByTheEndOfTheTopic() throws Exception {
        send("{}", Instant.now());
        send("{}", Instant.now());
        position(3);
        assertThat(check.isAnother()).as("behind the end").isTrue();
        assertThat(replay.position(TOPIC, 0)).isEmpty();
    }

    @Test
    void shouldKeepThePositionsOfAnEarlierBuildUpToTheEndOfTheTopic() throws Exception {
        send("{}", Instant.now());
        send("{}", Instant.now());
        position(2);
        assertThat(check.isAnother()).isFalse();
        assertThat(replay.position(TOPIC, 0)).contains(2L);
        assertThat(replay.source(TOPIC)).isPresent();
    }

    @Test
    void shouldDropThePositionsOfPartitionsThereAreNone() {
        replay.record(writer -> writer.position(TOPIC, 1, 0));
        assertThat(check.isAnother()).isTrue();
        assertThat(replay.positions(TOPIC)).isEmpty();
    }

    @Test
    void shouldChangeNothingWhereTheTopicIsGone() throws Exception {
        assertThat(check.isAnother()).isFalse();
        Optional<String> known = replay.source(TOPIC);
        position(7);
        delete();

        assertThat(check.isAnother()).isFalse();
        assertThat(replay.position(TOPIC, 0)).contains(7L);
        assertThat(replay.source(TOPIC)).isEqualTo(known);
    }

    /** What the limits count by. */
    @Test
    void shouldCarryTheBrokersTimeWhateverTheSenderWrites() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        send("{}", Instant.EPOCH);
        send("{}", Instant.now().plus(Duration.ofDays(300)));

        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(Set.of(partition));
            consumer.seekToBeginning(Set.of(partition));
            int seen = 0;
            while (seen < 2) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    seen++;
                    assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
                    assertThat(Instant.ofEpochMilli(record.timestamp()))
                            .isBetween(before, Instant.now().plusSeconds(1));
                }
            }
        }
    }

    private void position(long next) {
        replay.record(writer -> writer.position(TOPIC, 0, next));
    }

    private static void send(String json, Instant at) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            TOPIC, null, at.toEpochMilli(), null, json.getBytes(StandardCharsets.UTF_8)))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static void delete() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            if (admin.listTopics().names().get(20, TimeUnit.SECONDS).contains(TOPIC)) {
                admin.deleteTopics(List.of(TOPIC)).all().get(20, TimeUnit.SECONDS);
            }
            while (admin.listTopics().names().get(20, TimeUnit.SECONDS).contains(TOPIC)) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }
}
