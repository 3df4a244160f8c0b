package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.OwnBroker.TOPICS;
import static dev.limner.worker.pipeline.OwnBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One byte of a job topic's log is another one on the broker's disk. */
@Execution(ExecutionMode.CONCURRENT)
class DamagedBatchTest {
    private static final TopicPartition DAMAGED = new TopicPartition(TOPICS.jobs(Topics.Lane.STANDARD), 0);
    private static final TopicPartition WHOLE = new TopicPartition(TOPICS.jobs(Topics.Lane.STANDARD), 1);

    @TempDir
    Path folder;

    private OwnBroker broker;
    private FileStore store;

    @BeforeEach
    void start() throws IOException {
        broker = new OwnBroker(folder.resolve("broker"));
        store = new FileStore(folder.resolve("store"), FileStore.Durability.OS, "test", new LocalDisk());
        broker.sendTo(DAMAGED, job("before"), job("damaged"), job("behind"));
        broker.sendTo(WHOLE, job("beside"));
        flip();
    }

    @AfterEach
    void stop() {
        store.close();
        broker.close();
    }

    @Test
    void shouldServeAllOtherPartitionsAndSkipNothingUntilItCanBeReadAgain() throws Exception {
        try (WorkerRuntime worker = worker()) {
            assertThat(broker.answered(2)).containsExactlyInAnyOrder("before", "beside");
            assertThat(soon(() -> worker.obstacles().stream()
                            .anyMatch(why -> why.startsWith(DAMAGED + " cannot be read on at offset 1 "))))
                    .as("%s", worker.obstacles())
                    .isTrue();
            broker.sendTo(WHOLE, job("later"));
            assertThat(broker.answered(3)).hasSize(3).contains("later");
            assertThat(worker.alive()).isTrue();
            // Its last commit may still be on its way.
            assertThat(soon(() -> committed() == 1)).isTrue();

            flip();

            assertThat(broker.answered(5)).containsExactlyInAnyOrder("before", "beside", "later", "damaged", "behind");
            assertThat(soon(() -> worker.obstacles().isEmpty())).isTrue();
            assertThat(soon(() -> committed() == 3)).isTrue();
            assertThat(worker.failure()).isNull();
        }
        assertThat(broker.answered(5)).hasSize(5);
    }

    @Test
    void shouldGoOnWhereAPersonHasMovedTheGroupTo() throws Exception {
        try (WorkerRuntime worker = worker()) {
            assertThat(broker.answered(2)).containsExactlyInAnyOrder("before", "beside");
            assertThat(soon(() -> !worker.obstacles().isEmpty())).isTrue();
        }
        assertThat(committed()).isEqualTo(1);

        // What kafka-consumer-groups does.
        broker.admin(admin -> admin.alterConsumerGroupOffsets("own-group", Map.of(DAMAGED, new OffsetAndMetadata(2)))
                .all()
                .get());

        try (WorkerRuntime worker = worker()) {
            assertThat(broker.answered(3)).containsExactlyInAnyOrder("before", "beside", "behind");
            assertThat(worker.obstacles()).isEmpty();
        }
    }

    @Test
    void shouldGoOnByItselfBehindWhatAPersonHasDeleted() throws Exception {
        try (WorkerRuntime worker = worker()) {
            assertThat(broker.answered(2)).containsExactlyInAnyOrder("before", "beside");
            assertThat(soon(() -> !worker.obstacles().isEmpty())).isTrue();
            assertThat(soon(() -> committed() == 1)).isTrue();

            // What kafka-delete-records does.
            broker.admin(admin -> admin.deleteRecords(Map.of(DAMAGED, RecordsToDelete.beforeOffset(2)))
                    .all()
                    .get());

            assertThat(broker.answered(3)).containsExactlyInAnyOrder("before", "beside", "behind");
            assertThat(soon(() -> worker.obstacles().isEmpty())).isTrue();
            assertThat(worker.failure()).isNull();
        }
    }

    private long committed() {
        AtomicLong offset = new AtomicLong(-1);
        broker.admin(admin -> {
            OffsetAndMetadata found = admin.listConsumerGroupOffsets("own-group")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(DAMAGED);
            offset.set(found == null ? -1 : found.offset());
        });
        return offset.get();
    }

    /** Changes a bit of the second job's caption on disk, and changes it back the next time. */
    private void flip() throws IOException {
        Path log = folder.resolve("broker").resolve(DAMAGED.toString());
        try (RandomAccessFile segment =
                new RandomAccessFile(log.resolve("00000000000000000000.log").toFile(), "rw")) {
            byte[] bytes = new byte[(int) segment.length()];
            segment.readFully(bytes);
            // One byte a character.
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"damaged\",\"caption\":") + 21;
            segment.seek(at);
            segment.write(bytes[at] ^ 1);
        }
    }

    private WorkerRuntime worker() {
        return new ConstantWorker(broker.bootstrap(), TOPICS, store).start("w");
    }

    private static String job(String id) {
        return "{\"id\":\"" + id + "\",\"caption\":\"fish\"}";
    }
}
