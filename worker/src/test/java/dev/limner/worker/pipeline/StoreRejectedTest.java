package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.code;
import static dev.limner.worker.pipeline.TestRecords.header;
import static dev.limner.worker.pipeline.TestRecords.read;
import static dev.limner.worker.pipeline.TestRecords.results;
import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8Record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.store.ObjectStore;
import dev.limner.store.PermanentException;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.SyntheticGenerator;
import dev.limner.worker.release.ReleaseReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that takes some images and never others: only their jobs fail, over a real broker. */
class StoreRejectedTest {
    @TempDir
    Path folder;

    @Test
    void shouldFailTheJobWhoseImageTheStoreNeverTakesAndNoBatchMate() {
        Topics topics = TestCluster.topics("rejected");
        List<ProducerRecord<byte[], byte[]>> jobs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String format = i % 4 == 3 ? "jpeg" : "png";
            jobs.add(utf8Record(
                    topics.jobs(Topics.Lane.STANDARD),
                    "{\"id\":\"j-" + i + "\",\"caption\":\"c " + i + "\",\"format\":\"" + format + "\"}"));
        }
        send(jobs);
        LoadedModel model = new LoadedModel(
                BatchedGenerator.of(new SyntheticGenerator(Duration.ZERO), new BatchBuckets(List.of(4, 8, 16))),
                new HashTextEncoder(),
                LoadedModel.Origin.NONE);
        try (FileStore files = new FileStore(folder, FileStore.Durability.OS, "w", new LocalDisk());
                ModelCatalog slots = new ModelCatalog(model);
                WorkerRuntime worker =
                        WorkerFixture.worker(topics, "w", slots, ReleaseReport.NONE, new Picky(files), 1_000_000)) {
            Map<String, Result> results = results(topics, 12);

            for (int i = 0; i < 12; i++) {
                Result result = results.get("j-" + i);
                if (i % 4 == 3) {
                    assertThat(code(result)).isEqualTo(ErrorCode.STORE_REJECTED);
                } else {
                    assertThat(result.outcome()).isInstanceOf(Outcome.Completed.class);
                }
            }
            assertThat(read(topics.deadLetters(), 3))
                    .hasSize(3)
                    .allSatisfy(letter ->
                            assertThat(header(letter, DeadLetterHeaders.REASON)).startsWith("store-rejected: "));
            assertThat(worker.failure()).isNull();
        }
    }

    private record Picky(ObjectStore store) implements ObjectStore {
        @Override
        public URI uri(StoreObject object) {
            return store.uri(object);
        }

        @Override
        public List<String> put(List<StoreObject> objects) {
            if (objects.stream().anyMatch(object -> object.extension().equals("jpg"))) {
                throw new PermanentException(ErrorCode.STORE_REJECTED, "no JPEGs", new IOException("File too large"));
            }
            return store.put(objects);
        }
    }
}
