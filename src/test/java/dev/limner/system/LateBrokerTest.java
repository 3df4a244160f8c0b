package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.broker.FreePorts;
import dev.limner.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged worker, started before there is a broker. */
class LateBrokerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final int port = FreePorts.next();

    @Test
    void shouldBeAliveAndNotReadyWithoutABrokerAndBeginOnceThereIsOne() throws Exception {
        Topics topics = new Topics("late");
        try (TestWorker worker = start(topics, "localhost:" + port)) {
            assertThat(worker.status("/q/health/live")).isEqualTo(200);
            assertThat(worker.get("/q/health/ready").body())
                    .contains("no Kafka broker has answered at localhost:" + port);
            assertThat(worker.status("/q/health/ready")).isEqualTo(503);
            assertThat(worker.get("/q/metrics").body())
                    .contains("limner_progress 0.0", "limner_brokers_silent_seconds");

            try (EmbeddedBroker broker =
                    EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), port, false))) {
                FleetTopics.create(broker.bootstrap(), topics, 1, (short) 1);
                assertThat(worker.ready().terminate()).isIn(0, 143);
            }
        }
    }

    /** The name may be given to a broker later. */
    @Test
    void shouldEndCleanlyWhileItWaitsForABrokerThatHasNoAddressYet() throws Exception {
        try (TestWorker worker = start(new Topics("nowhere"), "broker.invalid:9092")) {
            assertThat(worker.status("/q/health/live")).isEqualTo(200);
            assertThat(worker.status("/q/health/ready")).isEqualTo(503);
            assertThat(worker.terminate()).isIn(0, 143);
            assertThat(worker.log()).doesNotContain("cannot start");
        }
    }

    private TestWorker start(Topics topics, String bootstrap) throws Exception {
        TestWorker worker = TestWorker.start(
                topics,
                "early",
                folder,
                "-Dlimner.worker.bootstrap=" + bootstrap,
                "-Dlimner.worker.generator=constant");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (worker.status("/q/health/started") != 200) {
            assertThat(System.nanoTime()).as(worker.log()).isLessThan(deadline);
            Thread.sleep(100);
        }
        return worker;
    }
}
