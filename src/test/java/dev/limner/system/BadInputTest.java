package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The corpus in {@code src/test/resources/bad-input} against the packaged worker and a real broker. */
class BadInputTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LARGEST_RECORD = 32 << 20;

    /** Between two cases; each has twice as many around it. */
    private static final int BETWEEN = 50;

    /** Controls, line breaks aside, and what reorders text on a terminal. */
    private static final String RAW_CONTROL =
            "[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029]";

    @TempDir
    Path folder;

    private Topics topics;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void open() {
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        TestBroker.bootstrap(),
                        "max.request.size",
                        LARGEST_RECORD,
                        "buffer.memory",
                        3L * LARGEST_RECORD),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Test
    void shouldGiveEveryCaseItsDocumentedOutcomeAndGenerateEveryJobAround() throws Exception {
        List<BadCase> cases = BadCase.all();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(65);
        topics = TestBroker.topics("corpus");
        letLargeRecordsThrough();
        Map<BadCase, String> ids = new HashMap<>();
        List<String> good = new ArrayList<>();
        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Map<BadCase, Future<RecordMetadata>> sent = new HashMap<>();
            sendGood(good);
            for (BadCase bad : cases) {
                sent.put(bad, send(bad.key(), bad.value(), bad.headers()));
                sendGood(good);
            }
            for (BadCase bad : cases) {
                RecordMetadata at = sent.get(bad).get();
                String fallback = at.topic() + "-" + at.partition() + "-" + at.offset();
                ids.put(bad, Objects.requireNonNullElse(bad.text("jobId"), fallback));
            }

            Map<String, Result> results = Producer.results(topics, good.size() + cases.size(), PATIENCE);

            assertThat(results).hasSize(good.size() + cases.size());
            assertThat(good)
                    .allSatisfy(id -> assertThat(results.get(id).outcome())
                            .as("good job %s", id)
                            .isInstanceOf(Outcome.Completed.class));
            assertThat(cases).allSatisfy(bad -> check(bad, results.get(ids.get(bad)), results));
            Map<String, ConsumerRecord<byte[], byte[]>> letters = letters(cases);
            assertThat(cases).filteredOn(BadCase::rejected).allSatisfy(bad -> {
                RecordMetadata at = sent.get(bad).get();
                checkLetter(bad, letters.get(at.topic() + "-" + at.partition() + "@" + at.offset()));
            });
            assertThat(worker.status("/q/health/live")).isEqualTo(200);
            assertThat(worker.log()).doesNotContainPattern(RAW_CONTROL).doesNotContain("all is well");
        }
    }

    private void letLargeRecordsThrough() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.jobs(Topics.Lane.STANDARD));
        AlterConfigOp raise = new AlterConfigOp(
                new ConfigEntry("max.message.bytes", String.valueOf(LARGEST_RECORD)), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", TestBroker.bootstrap()))) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(raise))).all().get();
        }
    }

    /** Into the partition of the cases, so that they are really around them. */
    private void sendGood(List<String> good) {
        for (int i = 0; i < BETWEEN; i++) {
            String id = "good-" + good.size();
            good.add(id);
            var unused = send(null, Producer.job(id, "red apple", good.size()), List.of());
        }
    }

    private Future<RecordMetadata> send(byte[] key, byte[] value, List<Header> headers) {
        return producer.send(new ProducerRecord<>(topics.jobs(Topics.Lane.STANDARD), 0, key, value, headers));
    }

    private static void check(BadCase bad, Result result, Map<String, Result> all) throws Exception {
        assertThat(result).as("result of %s", bad).isNotNull();
        assertThat(result.outcome().status())
                .as("outcome of %s: %s", bad, result)
                .isEqualTo(bad.outcome());
        if (result.outcome() instanceof Outcome.Rejected rejected) {
            assertThat(rejected.error().code().wireName())
                    .as("code of %s: %s", bad, result)
                    .isEqualTo(bad.text("code"));
            assertThat(rejected.error().field())
                    .as("field of %s: %s", bad, result)
                    .isEqualTo(bad.text("field"));
            assertThat(rejected.error().message())
                    .as("message of %s", bad)
                    .hasSizeLessThan(400)
                    .doesNotContainPattern(RAW_CONTROL);
        }
        if (result.outcome() instanceof Outcome.Completed completed) {
            assertThat(completed.images())
                    .as("images of %s", bad)
                    .hasSize(bad.says().path("images").asInt(1));
            Path file = Path.of(URI.create(completed.images().get(0).uri()));
            String caption = bad.text("caption");
            if (caption != null) {
                assertThat(PngText.of(file, "Limner"))
                        .as("provenance of %s", bad)
                        .isEqualTo(caption);
            }
            String same = bad.text("sameAs");
            if (same != null) {
                assertThat(Producer.onlyImage(result).sha256())
                        .as("the image of %s and of %s", bad, same)
                        .isEqualTo(Producer.onlyImage(all.get(same)).sha256());
            }
        }
    }

    private Map<String, ConsumerRecord<byte[], byte[]>> letters(List<BadCase> cases) {
        int expected = (int) cases.stream().filter(BadCase::rejected).count();
        Map<String, ConsumerRecord<byte[], byte[]>> byOrigin = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : Producer.read(topics.deadLetters(), expected, PATIENCE)) {
            assertThat(byOrigin.put(header(letter, DeadLetterHeaders.ORIGIN), letter))
                    .isNull();
        }
        assertThat(byOrigin).hasSize(expected);
        return byOrigin;
    }

    /** The original is there, whole or in the store, and nobody can forge why. */
    private static void checkLetter(BadCase bad, ConsumerRecord<byte[], byte[]> letter) throws Exception {
        assertThat(letter).as("dead letter of %s", bad).isNotNull();
        assertThat(header(letter, DeadLetterHeaders.REASON))
                .as("reason of %s", bad)
                .startsWith(bad.text("code") + ": ");
        String object = header(letter, DeadLetterHeaders.OBJECT);
        byte[] original = object == null ? letter.value() : Files.readAllBytes(Path.of(URI.create(object)));
        assertThat(original).as("original of %s", bad).isEqualTo(bad.value());
        String dropped = header(letter, DeadLetterHeaders.DROPPED_HEADERS);
        assertThat(dropped == null ? 0 : Integer.parseInt(dropped))
                .as("headers left out of the letter of %s", bad)
                .isEqualTo(bad.says().path("droppedHeaders").asInt(0));
        for (Header copied : bad.headers()) {
            if (bad.says().path("droppedHeaders").asInt(0) == 0) {
                assertThat(letter.headers().headers(copied.key()))
                        .as("headers of %s", bad)
                        .contains(copied);
            }
        }
    }

    /** The only header of a name; null if there is none. */
    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        List<String> values = new ArrayList<>();
        record.headers()
                .headers(name)
                .forEach(header -> values.add(new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(values).hasSizeLessThanOrEqualTo(1);
        return values.isEmpty() ? null : values.get(0);
    }

    @Test
    void shouldGoOnAfterATombstoneOnEveryTopic() throws Exception {
        topics = TestBroker.topics("tombs");
        List<String> every = new ArrayList<>(topics.allJobs());
        every.addAll(List.of(
                topics.results(),
                topics.deadLetters(),
                topics.cancellations(),
                topics.feedback(),
                topics.models(),
                topics.workers()));
        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            for (String topic : every) {
                producer.send(new ProducerRecord<>(topic, "someone".getBytes(StandardCharsets.UTF_8), null))
                        .get();
            }
            Producer.send(topics, List.of(Producer.job("after", "red apple", 1)));

            // Three tombstones on job topics, one on the results themselves, and the job.
            List<ConsumerRecord<byte[], byte[]>> results = Producer.read(topics.results(), 5, PATIENCE);
            assertThat(results).hasSize(5);
            assertThat(Producer.read(topics.deadLetters(), 4, PATIENCE)).hasSize(4);
            assertThat(results)
                    .anySatisfy(record -> assertThat(new String(record.key(), StandardCharsets.UTF_8))
                            .isEqualTo("after"));
            assertThat(worker.status("/q/health/ready")).isEqualTo(200);
        }
    }
}
