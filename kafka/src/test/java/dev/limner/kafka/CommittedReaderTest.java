package dev.limner.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class CommittedReaderTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(200);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static Admin admin;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        admin = Admin.create(settings());
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void shouldShowWhatIsCommittedAndPassWhatIsAborted() throws Exception {
        create("aborted", 1);
        try (var writer = writer("aborted-writer")) {
            write(writer, "aborted", 0, "a").commitTransaction();
            write(writer, "aborted", 0, "never").abortTransaction();
            write(writer, "aborted", 0, "b").commitTransaction();
            write(writer, "aborted", 0, "nor this").abortTransaction();
        }

        // The settings of a caller do not make it another reader.
        try (CommittedReader reader = CommittedReader.connect(with("isolation.level", "read_uncommitted"), WITHIN)) {
            assertThat(reader.assign(reader.partitions(List.of("aborted")), Map.of()))
                    .isEqualTo(Map.of(partition("aborted", 0), 0L));
            assertThat(readToEnd(reader)).containsExactly("a", "b");
            assertThat(reader.position(partition("aborted", 0)))
                    .as("four records and four markers, the last of which is no record")
                    .isEqualTo(8);
        }
    }

    @Test
    void shouldEndBeforeATransactionThatIsOpenAndTellWhatIsWritten() throws Exception {
        create("open", 1);
        try (var writer = writer("open-writer");
                CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            write(writer, "open", 0, "a").commitTransaction();
            var open = write(writer, "open", 0, "b", "c");

            var unused = reader.assign(reader.partitions(List.of("open")), Map.of());
            assertThat(reader.ends()).isEqualTo(Map.of(partition("open", 0), 2L));
            Map<TopicPartition, Long> written = WrittenEnds.of(reader.partitions(List.of("open")), settings(), WITHIN);
            assertThat(written).isEqualTo(Map.of(partition("open", 0), 4L));
            assertThat(reader.remaining(written)).isEqualTo(4);
            assertThat(readTo(reader, reader.ends())).containsExactly("a");
            assertThat(reader.remaining(written)).isEqualTo(2);

            List<String> read = new ArrayList<>();
            assertThatThrownBy(() -> reader.readTo(
                            new HashMap<>(written), Duration.ofSeconds(1), record -> read.add("" + record.offset())))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("nothing came for 1 s; 2 records are not read")
                    .hasMessageContaining("open-0=4");
            assertThat(read).isEmpty();

            open.commitTransaction();
            assertThat(readToEnd(reader)).containsExactly("b", "c");
        }
    }

    @Test
    void shouldBeginAnAddedPartitionAtItsOldestAndGoOnWithTheOthers() throws Exception {
        create("added", 1);
        try (var writer = writer("added-writer");
                CommittedReader reader = CommittedReader.connect(with("metadata.max.age.ms", 100), WITHIN)) {
            write(writer, "added", 0, "a").commitTransaction();
            var first = reader.assign(reader.partitions(List.of("added")), Map.of());
            assertThat(first).containsOnlyKeys(partition("added", 0));
            assertThat(readToEnd(reader)).containsExactly("a");
            assertThat(reader.assign(reader.partitions(List.of("added")), Map.of()))
                    .as("nothing new")
                    .isEmpty();

            admin.createPartitions(Map.of("added", NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            write(writer, "added", 1, "b").commitTransaction();
            write(writer, "added", 0, "c").commitTransaction();

            assertThat(reader.assign(List.of(partition("added", 0), partition("added", 1)), Map.of()))
                    .isEqualTo(Map.of(partition("added", 1), 0L));
            assertThat(readToEnd(reader)).containsExactlyInAnyOrder("b", "c");
        }
    }

    @Test
    void shouldBeginWhereItIsTold() throws Exception {
        create("told", 1);
        try (var writer = writer("told-writer");
                CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            write(writer, "told", 0, "a", "b", "c").commitTransaction();

            assertThat(reader.assign(reader.partitions(List.of("told")), Map.of(partition("told", 0), 2L)))
                    .as("nothing begins that was not known")
                    .isEmpty();
            assertThat(readToEnd(reader)).containsExactly("c");
        }
    }

    @Test
    void shouldSeeWhatIsWrittenAfterItBeganAtTheEnd() throws Exception {
        create("tail", 1);
        try (var writer = writer("tail-writer");
                CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            write(writer, "tail", 0, "before").commitTransaction();
            reader.assignAtEnd(reader.partitions(List.of("tail")));

            write(writer, "tail", 0, "after").commitTransaction();

            assertThat(readToEnd(reader)).containsExactly("after");
        }
    }

    @Test
    void shouldFindTheFirstOfATime() throws Exception {
        create("dated", 2);
        try (var writer = writer("dated-writer");
                CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            writer.beginTransaction();
            for (long at : new long[] {1_000, 2_000, 3_000}) {
                writer.send(new ProducerRecord<>("dated", 0, at, null, new byte[0]));
            }
            writer.commitTransaction();
            List<TopicPartition> both = reader.partitions(List.of("dated"));
            var begun = reader.assign(both, Map.of());
            assertThat(begun).containsOnlyKeys(both);
            assertThat(readToEnd(reader)).hasSize(3);

            assertThat(reader.firstSince(both, 2_000)).isEqualTo(Map.of(partition("dated", 0), 1L));
            assertThat(reader.firstSince(both, 2_001)).isEqualTo(Map.of(partition("dated", 0), 2L));
            assertThat(reader.firstSince(both, 3_001))
                    .as("the marker, which is as young as the commit")
                    .isEqualTo(Map.of(partition("dated", 0), 3L));
            assertThat(reader.firstSince(both, Long.MAX_VALUE)).isEmpty();
        }
    }

    @Test
    void shouldNotMakeATopicThatIsNotThere() throws Exception {
        try (CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            assertThat(reader.partitions(List.of("nowhere"))).isEmpty();
            reader.assignAtEnd(List.of());
            assertThat(reader.assign(List.of(), Map.of())).isEmpty();
            assertThat(reader.assignment()).isEmpty();
        }
        assertThat(admin.listTopics().names().get()).doesNotContain("nowhere");
    }

    @Test
    void shouldBeWokenFromAnotherThread() throws Exception {
        create("woken", 1);
        try (CommittedReader reader = CommittedReader.connect(settings(), WITHIN)) {
            reader.assignAtEnd(reader.partitions(List.of("woken")));
            Thread waker = Thread.ofPlatform().start(reader::wakeup);
            assertThatThrownBy(() -> reader.poll(WITHIN)).isInstanceOf(WakeupException.class);
            waker.join();
        }
    }

    /** A transaction is decided a moment before it is shown: up to all that is written. */
    private static List<String> readToEnd(CommittedReader reader) {
        return readTo(reader, new HashMap<>(WrittenEnds.of(reader.assignment(), settings(), WITHIN)));
    }

    private static List<String> readTo(CommittedReader reader, Map<TopicPartition, Long> ends) {
        List<String> read = new ArrayList<>();
        reader.readTo(ends, WITHIN, record -> read.add(new String(record.value(), StandardCharsets.UTF_8)));
        assertThat(ends).isEmpty();
        assertThat(reader.poll(POLL)).as("and nothing further").isEmpty();
        return read;
    }

    private static KafkaProducer<byte[], byte[]> writer(String id) {
        KafkaProducer<byte[], byte[]> writer =
                new KafkaProducer<>(with("transactional.id", id), new ByteArraySerializer(), new ByteArraySerializer());
        writer.initTransactions();
        return writer;
    }

    private static KafkaProducer<byte[], byte[]> write(
            KafkaProducer<byte[], byte[]> writer, String topic, int partition, String... values) {
        writer.beginTransaction();
        for (String value : values) {
            var unused =
                    writer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        // What is not sent when its transaction is aborted is never written.
        writer.flush();
        return writer;
    }

    private static void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private static TopicPartition partition(String topic, int number) {
        return new TopicPartition(topic, number);
    }

    private static Map<String, Object> settings() {
        return Map.of("bootstrap.servers", broker.bootstrap());
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put(key, value);
        return settings;
    }
}
