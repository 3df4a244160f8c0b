package dev.limner.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.worker.intake.PartitionRef;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
            history.ask(new ResultsQuestion(new PartitionRef("jobs", 0), 1, 0, 1, jobTopic));
            // Long enough for the reading to begin; it cannot end.
            Thread.sleep(3_000);
            assertThat(history.take()).isEmpty();

            admin.deleteTopics(List.of("results")).all().get();
            unused = create(admin, "results");

            List<ResultsAnswer> answers = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (answers.isEmpty() && System.nanoTime() < deadline) {
                Thread.sleep(50);
                answers.addAll(history.take());
            }
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0).answered().isEmpty()).isTrue();
        }
    }

    /** A job of three days ago, whose sender's clock was three days fast: by now it looks like any other. */
    @Test
    void shouldFindTheResultsOfJobsThatTheirSenderDatedDaysAhead() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of());
                ResultsHistory history = new ResultsHistory(broker.bootstrap(), "results", "reader", () -> {})) {
            var unused = create(admin, "results");
            String month = String.valueOf(Duration.ofDays(30).toMillis());
            Uuid loose = create(admin, "loose", Map.of("message.timestamp.after.max.ms", month));
            Uuid strict = create(admin, "strict", Map.of("message.timestamp.after.max.ms", "86400000"));
            Uuid brokers = create(
                    admin,
                    "brokers",
                    Map.of("message.timestamp.type", "LogAppendTime", "message.timestamp.after.max.ms", month));
            long now = System.currentTimeMillis();
            long then = now - Duration.ofDays(3).toMillis();
            for (String jobs : List.of("loose", "strict", "brokers")) {
                producer.send(new ProducerRecord<>(jobs, 0, now, null, utf8("a job")))
                        .get();
            }
            producer.send(new ProducerRecord<>("results", 0, then, null, result("loose", loose)))
                    .get();
            producer.send(new ProducerRecord<>("results", 0, then, null, result("strict", strict)))
                    .get();
            producer.send(new ProducerRecord<>("results", 0, then, null, result("brokers", brokers)))
                    .get();

            assertThat(answered(history, new ResultsQuestion(new PartitionRef("loose", 0), 1, 0, 1, loose)))
                    .isEqualTo(1);
            // Their brokers say when these jobs came: what is three days older answers another of that name.
            assertThat(answered(history, new ResultsQuestion(new PartitionRef("strict", 0), 1, 0, 1, strict)))
                    .isZero();
            assertThat(answered(history, new ResultsQuestion(new PartitionRef("brokers", 0), 1, 0, 1, brokers)))
                    .isZero();
        }
    }

    private static long answered(ResultsHistory history, ResultsQuestion question) throws InterruptedException {
        history.ask(question);
        List<ResultsAnswer> answers = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (answers.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
            answers.addAll(history.take());
        }
        assertThat(answers).hasSize(1);
        return answers.get(0).answered().size();
    }

    private static byte[] result(String jobs, Uuid topicId) {
        return ResultCodec.encode(new Result(
                "a",
                new Outcome.Expired(Instant.EPOCH),
                null,
                null,
                null,
                new Result.Source(jobs, 0, 0, topicId.toString()),
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of()));
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
        return create(admin, topic, Map.of());
    }

    private static Uuid create(Admin admin, String topic, Map<String, String> settings) throws Exception {
        Uuid id =
                Objects.requireNonNull(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(settings)))
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
