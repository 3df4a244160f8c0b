package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker, one byte of whose log is another one. */
class JobSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BATCH = 5;
    private static final int ROUNDS = 40;

    @TempDir
    Path folder;

    private final List<RecordDelivery> delivered = new ArrayList<>();

    private static final class NoListener implements OwnershipListener {
        @Override
        public void revoked(Set<PartitionRef> partitions) {}

        @Override
        public void lost(Set<PartitionRef> partitions) {}
    }

    /** A batch of several records, so that the damage is also met where the consumer puts away what it has fetched. */
    @Test
    void shouldDeliverAllElseHoweverOftenADamagedBatchIsTriedAgain() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 60_000),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic("jobs", 2, (short) 1)))
                    .all()
                    .get();
            send(producer, 0, "before");
            send(producer, 0, "1", "damaged", "3", "4", "5");
            send(producer, 0, "behind");
            flip();
            IntakeSettings settings =
                    new IntakeSettings(broker.bootstrap(), "w", "group", "consumer", List.of("jobs"), 10);
            try (JobSource source = new JobSource(settings, new NoListener(), Duration.ofMillis(1))) {
                for (int i = 0; i < ROUNDS; i++) {
                    String[] values = new String[BATCH];
                    Arrays.fill(values, "whole");
                    send(producer, 1, values);
                    int expected = (i + 1) * BATCH;
                    until(source, () -> offsets(1).size() >= expected);
                }
                until(source, () -> !source.damages().isEmpty());
                assertThat(source.damages()).singleElement().satisfies(damage -> {
                    assertThat(damage.partition()).isEqualTo(new PartitionRef("jobs", 0));
                    assertThat(damage.offset()).isEqualTo(1);
                });
                assertThat(source.readable()).isFalse();
                assertThat(source.position(new PartitionRef("jobs", 0))).isEqualTo(-1);
                assertThat(offsets(0)).containsExactly(0L);

                flip();

                until(source, () -> offsets(0).size() >= BATCH + 2);
                until(source, source::readable);
                assertThat(source.damages()).isEmpty();
                assertThat(source.position(new PartitionRef("jobs", 0))).isEqualTo(BATCH + 2);
                assertThat(offsets(0))
                        .containsExactlyElementsOf(
                                LongStream.range(0, BATCH + 2).boxed().toList());
                assertThat(offsets(1))
                        .containsExactlyElementsOf(
                                LongStream.range(0, ROUNDS * BATCH).boxed().toList());
            }
        }
    }

    private void until(JobSource source, BooleanSupplier what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
            delivered.addAll(source.poll(Duration.ofMillis(20), Set.of(), Set.of()));
            for (PartitionAssignment found : source.assignments()) {
                assertThat(source.begin(found.partition(), found.ownership(), found.topicId(), found.begin()))
                        .isTrue();
            }
        }
    }

    private List<Long> offsets(int partition) {
        return delivered.stream()
                .map(RecordDelivery::ref)
                .filter(ref -> ref.partition().number() == partition)
                .map(RecordRef::offset)
                .toList();
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int partition, String... values) {
        for (String value : values) {
            var unused = producer.send(
                    new ProducerRecord<>("jobs", partition, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        producer.flush();
    }

    /** Changes a bit on disk, and changes it back the next time. */
    private void flip() throws IOException {
        Path log = folder.resolve("jobs-0/00000000000000000000.log");
        try (RandomAccessFile segment = new RandomAccessFile(log.toFile(), "rw")) {
            byte[] bytes = new byte[(int) segment.length()];
            segment.readFully(bytes);
            // One byte a character; the last one is changed.
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("damage") + 6;
            segment.seek(at);
            segment.write(bytes[at] ^ 1);
        }
    }
}
