package dev.limner.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FolderInUseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    private static final Topics TOPICS = Topics.DEFAULT;

    @TempDir
    Path data;

    @Test
    void shouldKeepCommittedRecordsAcrossARestartOnTheSameData() throws Exception {
        String topic = TOPICS.results();
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data, 0, true))) {
            FleetTopics.create(broker.bootstrap(), TOPICS, 3, (short) 1);
            FleetTopics.create(broker.bootstrap(), TOPICS, 3, (short) 1);
            try (KafkaProducer<String, String> producer = producer(broker)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, "job", "aborted"));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, "job", "kept"));
                producer.commitTransaction();
            }
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            assertThat(admin.listTopics().names().get()).containsAll(TOPICS.allJobs());
            assertThat(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic)
                            .partitions())
                    .hasSize(3);
            assertThat(committed(broker, topic)).containsExactly("kept");
        }
    }

    @Test
    void shouldSayWhichPortIsTaken() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data.resolve("a"), 0, false))) {
            int port = Integer.parseInt(broker.bootstrap().split(":", -1)[1]);
            assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerSettings(data.resolve("b"), port, false)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(String.valueOf(port));
        }
    }

    @Test
    void shouldLeaveABrokersFolderAlone() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data, 0, false).ownedBy("limner up"))) {
            assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerSettings(data, 0, false)))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining("is in use by `limner up`");
            FleetTopics.create(broker.bootstrap(), TOPICS, 1, (short) 1);
            assertThat(broker.failed()).isNotDone();
        }
        EmbeddedBroker.start(new BrokerSettings(data, 0, false)).close();
    }

    @Test
    void shouldSayThatItGaveUpInsteadOfEndingTheProcess() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data, 0, false))) {
            Exit.halt(1, "the log folder is gone");

            assertThat(broker.failed()).isCompletedWithValue("the log folder is gone");
        }
        try (EmbeddedBroker next = EmbeddedBroker.start(new BrokerSettings(data, 0, false))) {
            assertThat(next.failed()).isNotDone();
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedBroker broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", "test"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static List<String> committed(EmbeddedBroker broker, String topic) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(10));
            return records.records(partition).stream()
                    .map(ConsumerRecord::value)
                    .toList();
        }
    }

    /**
     * Kafka would wait five minutes for a controller that cannot write down that the broker leaves. In a process of its own:
     * what such a broker does later counts for all brokers of its process.
     */
    @Test
    void shouldNotWaitForAControllerThatIsNotThere() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LastNode.class.getName(),
                        data.toString())
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("log").toFile())
                .start();
        try {
            assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
            assertThat(data.resolve("log")).content().contains("both are closed");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Stops one of two nodes, and then the other, which is no majority. */
    static final class LastNode {
        private LastNode() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            List<Integer> controllers = List.of(FreePorts.next(), FreePorts.next());
            CompletableFuture<EmbeddedBroker> other =
                    CompletableFuture.supplyAsync(() -> start(arguments[0], 2, controllers));
            EmbeddedBroker last = start(arguments[0], 1, controllers);
            other.join().close();
            last.close();
            System.out.println("both are closed");
            Runtime.getRuntime().halt(0);
        }

        private static EmbeddedBroker start(String folder, int number, List<Integer> controllers) {
            return EmbeddedBroker.start(new BrokerSettings(
                    Path.of(folder, "node-" + number),
                    0,
                    false,
                    new BrokerSettings.Cluster(number, controllers),
                    null));
        }
    }

    @Test
    void shouldStartWhereAKillOrAFullDiskLeftAnIdHalfWritten() throws Exception {
        Files.createFile(data.resolve("cluster.id"));

        EmbeddedBroker.start(new BrokerSettings(data, 0, false)).close();

        assertThat(data.resolve("cluster.id")).isNotEmptyFile();
    }
}
