package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.OwnBroker.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.lifecycle.StopBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every wait of a shutdown is inside its budget. The limits are far apart, so that a slow machine changes nothing. */
@Execution(ExecutionMode.CONCURRENT)
class ShutdownTest {
    @TempDir
    Path folder;

    private OwnBroker broker;
    private FileStore store;

    @BeforeEach
    void start() {
        broker = new OwnBroker(folder.resolve("broker"));
        store = new FileStore(folder.resolve("store"), FileStore.Durability.OS, "test", new LocalDisk());
    }

    @AfterEach
    void stop() {
        store.close();
        broker.close();
    }

    @Test
    void shouldNotWaitForJobsThatOnlyWaited() {
        WorkerRuntime worker = new ConstantWorker(broker.bootstrap(), TOPICS, store)
                .perBatch(Duration.ofMillis(200))
                .limits(Duration.ofMinutes(10), Duration.ofMinutes(4))
                .start("w");
        broker.send(IntStream.range(0, 400)
                .mapToObj(i -> "{\"id\":\"j-" + i + "\",\"caption\":\"fish\"}")
                .toArray(String[]::new));
        broker.answered(8);
        StopBudget budget = new StopBudget(Duration.ofMinutes(10));

        assertThat(worker.close(budget)).isTrue();

        // Not even a part of the four minutes that revoked partitions may take.
        assertThat(budget.left()).isGreaterThan(Duration.ofMinutes(7));
        assertThat(worker.failure()).isNull();
        try (WorkerRuntime next = new ConstantWorker(broker.bootstrap(), TOPICS, store).start("next")) {
            assertThat(broker.answered(400)).hasSize(400).doesNotHaveDuplicates();
            assertThat(next.failure()).isNull();
        }
    }

    @Test
    void shouldEndWithinItsBudgetWhenNoBrokerAnswers() throws Exception {
        WorkerRuntime worker = new ConstantWorker(broker.bootstrap(), TOPICS, store)
                .perBatch(Duration.ofMillis(50))
                .start("w");
        broker.send(IntStream.range(0, 200)
                .mapToObj(i -> "{\"id\":\"j-" + i + "\",\"caption\":\"fish\"}")
                .toArray(String[]::new));
        broker.answered(8);
        broker.stop();
        StopBudget budget = new StopBudget(Duration.ofSeconds(20));

        worker.close(budget);

        assertThat(budget.left()).isPositive();
        broker.start();
        try (WorkerRuntime next = new ConstantWorker(broker.bootstrap(), TOPICS, store).start("next")) {
            assertThat(broker.answered(200)).hasSize(200).doesNotHaveDuplicates();
            assertThat(next.failure()).isNull();
        }
    }
}
