package dev.limner.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.worker.intake.PartitionRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class ResultsHistoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** The reading waits for the end of an open transaction when its topic is replaced by an empty one. */
    @Test
    void shouldReadAnewWhenTheResultsAreDeletedAndMadeAgainMeanwhile() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                KafkaProducer<byte[], byte[]> jobs = producer(broker, Map.of());
                KafkaProducer<byte[], byte[]> results = producer(broker, Map.of("transactional.id", "dead-worker"));
                ResultsHistory history = new ResultsHistory(broker.bootstrap(), "results", "reader", () -> {})) {
            Uuid jobTopic = create(admin, "jobs");
            var unused = create(admin, "results");
            jobs.send(new ProducerRecord<>("jobs", utf8("a job"))).get();
            results.initTransactions();
            results.beginTransaction();
            // More than the marker that will end the transaction in the new topic.
            for (int i = 0; i < 5; i++) {
                results.send(new ProducerRecord<>("results", utf8("{}"))).get();
            }
            history.ask(new Question(new PartitionRef("jobs", 0), 1, 0, 1, jobTopic));
            // Long enough for the reading to begin; it cannot end.
            Thread.sleep(3_000);
            assertThat(history.take()).isEmpty();

            admin.deleteTopics(List.of("results")).all().get();
            unused = create(admin, "results");

            List<Answer> answers = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (answers.isEmpty() && System.nanoTime() < deadline) {
                Thread.sleep(50);
                answers.addAll(history.take());
            }
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0).answered().isEmpty()).isTrue();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", broker.bootstrap());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A topic that was deleted just now may still be in the way. */
    private static Uuid create(Admin admin, String topic) throws Exception {
        Uuid id = Objects.requireNonNull(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                .topicId(topic)
                .get());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                var unused = admin.listOffsets(Map.of(new TopicPartition(topic, 0), OffsetSpec.latest()))
                        .all()
                        .get();
                return id;
            } catch (ExecutionException e) {
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException(topic + " was not made");
    }
}
