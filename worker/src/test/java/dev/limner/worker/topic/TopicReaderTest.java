package dev.limner.worker.topic;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.kafka.CommittedReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicReaderTest {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STARTED_OVER = "<started over>";

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    private final BlockingQueue<String> read = new LinkedBlockingQueue<>();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldReadPartitionsThatAreAdded() throws Exception {
        try (Admin admin = admin()) {
            create(admin, "added", 1);
            send("added", 0, "a");
            try (TopicReader reader = reader("added")) {
                assertThat(reader.awaitCaughtUp(PATIENCE)).isTrue();
                assertThat(next(1)).containsExactly("a");

                admin.createPartitions(Map.of("added", NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                send("added", 1, "b");
                send("added", 0, "c");

                assertThat(next(2)).containsExactlyInAnyOrder("b", "c");
                assertThat(reader.failing()).isEmpty();
            }
        }
    }

    @Test
    void shouldStartOverWithATopicThatWasMadeAgain() throws Exception {
        try (Admin admin = admin()) {
            create(admin, "again", 1);
            send("again", 0, "a", "b");
            try (TopicReader reader = reader("again")) {
                assertThat(next(2)).containsExactly("a", "b");

                admin.deleteTopics(List.of("again")).all().get();
                create(admin, "again", 1);
                // More than before: nothing tells by the offsets that this is another topic.
                send("again", 0, "c", "d", "e", "f");

                List<String> after = new ArrayList<>();
                while (!after.contains(STARTED_OVER)) {
                    after.addAll(next(1));
                }
                assertThat(next(4)).containsExactly("c", "d", "e", "f");
                send("again", 0, "g");
                assertThat(next(1)).containsExactly("g");
                assertThat(reader.failing()).isEmpty();
            }
        }
    }

    @Test
    void shouldReadATopicThatIsMadeLater() throws Exception {
        try (Admin admin = admin();
                TopicReader reader = reader("later")) {
            assertThat(reader.awaitCaughtUp(PATIENCE)).isTrue();

            create(admin, "later", 1);
            send("later", 0, "a");

            assertThat(next(1)).containsExactly("a");
        }
    }

    @Test
    void shouldContinueWhereItWasAfterItsConsumerFailed() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (Admin admin = admin()) {
            create(admin, "fails", 1);
            send("fails", 0, "a", "b");
            try (TopicReader reader = new TopicReader(
                    broker.bootstrap(),
                    "fails",
                    "t",
                    recording(),
                    LOOK_EVERY,
                    config -> connections.incrementAndGet() == 1
                            ? CommittedReader.connect(config, PATIENCE, OncePolled::new)
                            : connect(config))) {
                assertThat(next(2)).containsExactly("a", "b");
                send("fails", 0, "c");
                assertThat(next(1)).as("and nothing a second time").containsExactly("c");
                assertThat(connections).hasValue(2);
                assertThat(reader.failing()).isEmpty();
            }
        }
    }

    @Test
    void shouldPassOverARecordThatItsReaderCannotTake() throws Exception {
        try (Admin admin = admin()) {
            create(admin, "bad", 1);
            send("bad", 0, "a", "throw", "b");
            try (TopicReader reader = reader("bad")) {
                assertThat(next(2)).containsExactly("a", "b");
                assertThat(reader.awaitCaughtUp(PATIENCE)).isTrue();
            }
        }
    }

    @Test
    void shouldSayWhyItFailsAndReadOnceTheBrokersAreThere() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (TopicReader reader =
                new TopicReader("127.0.0.1:" + port, "late", "t", recording(), LOOK_EVERY, TopicReaderTest::connect)) {
            while (reader.failing().isEmpty()) {
                Thread.sleep(50);
            }
            assertThat(reader.failing()).get(as(STRING)).contains("Timeout");
            assertThat(reader.awaitCaughtUp(Duration.ofMillis(1))).isFalse();
            Thread.currentThread().interrupt();
            assertThatThrownBy(reader::awaitCaughtUp).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();

            try (EmbeddedBroker late = EmbeddedBroker.start(new BrokerSettings(folder.resolve("late"), port, false))) {
                assertThat(reader.awaitCaughtUp(PATIENCE)).isTrue();
                assertThat(reader.failing()).isEmpty();
                assertThat(late.bootstrap()).endsWith(":" + port);
            }
        }
    }

    /** The real one, until it has read something once. */
    private static final class OncePolled extends KafkaConsumer<byte[], byte[]> {
        private boolean polled;

        OncePolled(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (polled) {
                throw new KafkaException("the consumer is broken");
            }
            ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
            polled = !records.isEmpty();
            return records;
        }
    }

    private static CommittedReader connect(Map<String, Object> config) {
        return CommittedReader.connect(config, PATIENCE);
    }

    private TopicReader reader(String topic) {
        return new TopicReader(broker.bootstrap(), topic, "t", recording(), LOOK_EVERY, TopicReaderTest::connect);
    }

    private TopicReader.Reader recording() {
        return new TopicReader.Reader() {
            @Override
            public void take(TopicReader.Entry entry) {
                String value = new String(entry.value(), StandardCharsets.UTF_8);
                if (value.equals("throw")) {
                    throw new NullPointerException("a field nobody expected to be absent");
                }
                read.add(value);
            }

            @Override
            public void startOver() {
                read.add(STARTED_OVER);
            }
        };
    }

    private List<String> next(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        while (next.size() < count) {
            String one = read.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(one).as("after %s", next).isNotNull();
            next.add(one);
        }
        return next;
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        while (true) {
            try {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                        .all()
                        .get();
                return;
            } catch (ExecutionException e) {
                // Deleted a moment ago, and not everywhere yet.
                assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
                Thread.sleep(50);
            }
        }
    }

    private static void send(String topic, int partition, String... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }
}
