package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that go from worker to worker while publications are on their way. */
class HandOverTest {
    @TempDir
    Path folder;

    @Test
    void shouldAnswerEveryRecordOnceWhileWorkersComeAndGo() {
        Topics topics = TestCluster.topics("handover");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            records.add(TestRecords.utf8Record(
                    topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"j-" + i + "\",\"caption\":\"dog " + i % 40 + "\"}"));
        }
        try (FileStore store = new FileStore(folder.resolve("s"), FileStore.Durability.OS, "t", new LocalDisk());
                WorkerRuntime first = worker(topics, store).start("first")) {
            TestRecords.send(records);
            for (int round = 1; round <= 4; round++) {
                try (WorkerRuntime second = worker(topics, store).start("second")) {
                    TestRecords.read(topics.results(), 200 * round);
                    assertThat(second.failure()).isNull();
                }
            }
            // results() fails on a second result of any job.
            assertThat(TestRecords.results(topics, 1200)).hasSize(1200);
            assertThat(first.failure()).isNull();
        }
    }

    private static ConstantWorker worker(Topics topics, FileStore store) {
        return new ConstantWorker(TestCluster.bootstrap(), topics, store).perBatch(Duration.ofMillis(40));
    }
}
