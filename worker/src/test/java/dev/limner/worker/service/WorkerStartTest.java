package dev.limner.worker.service;

import static dev.limner.worker.pipeline.OwnBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FreePorts;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.pipeline.ConstantWorker;
import dev.limner.worker.release.ReleaseReport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker before it takes jobs, whose brokers or live release are not there yet. */
class WorkerStartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final int port = FreePorts.next();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger begun = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final LateModels models = new LateModels();
    private final List<WorkerStart> starts = new ArrayList<>();

    @AfterEach
    void end() {
        starts.forEach(start -> assertThat(start.end(new StopBudget(PATIENCE))).isTrue());
    }

    @Test
    void shouldWaitForABrokerThenForTheLiveReleaseAndSayWhatFor() throws Exception {
        WorkerStart start = begin(begun::incrementAndGet);
        assertThat(start.obstacles())
                .containsExactly(
                        "no Kafka broker has answered at localhost:" + port + " yet: no jobs are taken until one does");
        assertThat(start.brokersAnswer()).isFalse();
        assertThat(start.status()).as("there is nobody to tell").isEmpty();
        assertThat(gauge("limner.progress")).isZero();
        assertThat(gauge("limner.brokers.silent.seconds")).isPositive();
        assertThat(models.followed).isZero();

        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, port, false))) {
            assertThat(soon(() -> start.status()
                            .filter(status -> !status.refused().isEmpty())
                            .isPresent()))
                    .as(broker.bootstrap())
                    .isTrue();
            WorkerStatus status = start.status().orElseThrow();
            assertThat(status.state()).isEqualTo("starting");
            assertThat(status.models()).as("it draws with nothing").isEmpty();
            assertThat(status.refused())
                    .extracting(WorkerStatus.Refusal::code)
                    .containsExactly(RefusalCode.BUNDLE_MISSING);
            assertThat(start.obstacles()).hasSize(2).first().asString().contains("the live release is not available");
            assertThat(start.brokersAnswer()).isTrue();
            assertThat(gauge("limner.brokers.silent.seconds")).isZero();
            assertThat(begun).hasValue(0);

            models.ready.complete(null);
            assertThat(soon(() -> begun.get() == 1)).isTrue();
            assertThat(soon(() -> start.obstacles().isEmpty())).isTrue();
            assertThat(start.status()).as("the worker itself speaks").isEmpty();
            assertThat(registry.find("limner.progress").gauge()).isNull();
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void shouldEndItsWaitingAtOnceAndTakeNoJobs() {
        WorkerStart start = begin(begun::incrementAndGet);

        assertThat(start.end(new StopBudget(PATIENCE))).isTrue();
        assertThat(begun).hasValue(0);
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldTellWhatMakesAStartImpossible() throws Exception {
        IllegalStateException broken = new IllegalStateException("broken");
        models.ready.complete(null);
        WorkerStart start = begin(() -> {
            throw broken;
        });
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, port, false))) {
            assertThat(soon(() -> failures.contains(broken)))
                    .as(broker.bootstrap())
                    .isTrue();
            assertThat(start.status()).isEmpty();
        }
    }

    private WorkerStart begin(Runnable begin) {
        FileStore store = new FileStore(folder.resolve("store"), FileStore.Durability.OS, "test", new LocalDisk());
        WorkerSettings settings = new ConstantWorker("localhost:" + port, new Topics("start"), store).settings("w");
        WorkerStart start = new WorkerStart(
                settings,
                "cpu",
                "profile",
                models,
                begin,
                failures::add,
                registry,
                new FatalErrors("worker", code -> {}));
        starts.add(start);
        start.begin();
        return start;
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    /** A live release that is not to be had for now. */
    private static final class LateModels implements WorkerStart.Models {
        private final CompletableFuture<Void> ready = new CompletableFuture<>();
        private volatile int followed;

        @Override
        public void follow() {
            followed = 1;
        }

        @Override
        public CompletableFuture<Void> ready() {
            return ready;
        }

        @Override
        public ReleaseReport report() {
            return new ReleaseReport() {
                @Override
                public long revision() {
                    return 0;
                }

                @Override
                public List<WorkerStatus.Refusal> refused() {
                    return List.of(
                            new WorkerStatus.Refusal("digest", RefusalCode.BUNDLE_MISSING, "gone", Instant.EPOCH));
                }
            };
        }
    }
}
