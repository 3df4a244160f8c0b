package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged worker with the shipped model, from outside. */
class RunningWorkerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldGenerateTheSameBytesAloneAmongOthersAndAfterARestart() throws Exception {
        Topics topics = TestBroker.topics("invariant");
        Map<String, String> digests = new HashMap<>();
        for (int life = 0; life < 2; life++) {
            try (TestWorker worker = TestWorker.start(topics, "worker-" + life, folder.resolve(String.valueOf(life)))
                    .ready()) {
                for (int others : new int[] {0, 2, 7, 31}) {
                    digests.put("life " + life + " among " + others, generateAmong(topics, life, others));
                }
                assertThat(worker.terminate()).isIn(0, 143);
            }
        }
        assertThat(digests.values()).as("digests: %s", digests).containsOnly(digests.get("life 0 among 0"));
    }

    private static String generateAmong(Topics topics, int life, int others) {
        String batch = "l" + life + "-o" + others;
        List<byte[]> jobs = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            jobs.add(Producer.job(batch + "-other-" + i, "other caption " + i, i + 77));
        }
        jobs.add(others / 2, Producer.job(batch, "purple heart", 42));
        int before = Producer.read(topics.results(), 0, Duration.ZERO).size();
        Producer.send(topics, jobs);
        Result result = Objects.requireNonNull(
                Producer.results(topics, before + jobs.size(), PATIENCE).get(batch));
        return Producer.onlyImage(result).sha256();
    }

    @Test
    void shouldSayInItsLastErrorWhyItCannotStart() throws Exception {
        Topics topics = TestBroker.topics("wrong");
        try (TestWorker worker = TestWorker.start(topics, "wrong", folder, "-Dlimner.worker.batch.max-size=0")) {
            assertThat(worker.ended()).isEqualTo(1);

            assertThat(worker.log().lines().filter(line -> line.contains(" ERROR ")))
                    .last()
                    .asString()
                    .contains("limner.worker.batch.max-size is 0, must be from 1 to 1024");
            assertThat(worker.log()).doesNotContain("\tat ");
        }
    }

    /** Quarkus has started by then, so that it passes the signal on. */
    @Test
    void shouldEndCleanlyIfItIsStoppedWhileItStillWaits() throws Exception {
        Topics topics = TestBroker.topics("early");
        try (TestWorker worker = TestWorker.start(
                topics, "early", folder, "-Dlimner.worker.bootstrap=localhost:1", "-Dlimner.worker.stop-within=5s")) {
            while (!worker.log().contains("localhost/127.0.0.1:1")) {
                Thread.sleep(50);
            }

            assertThat(worker.terminate()).isEqualTo(143);
            assertThat(worker.log()).contains("worker ended").doesNotContain("cut off");
        }
    }

    @Test
    void shouldTellHealthMetricsAndStatus() throws Exception {
        Topics topics = TestBroker.topics("seen");
        try (TestWorker worker = TestWorker.start(topics, "watched", folder).ready()) {
            Producer.send(topics, List.of(Producer.job("j", "pizza", 1)));
            Result result = Producer.results(topics, 1, PATIENCE).get("j");

            assertThat(worker.status("/q/health/live")).isEqualTo(200);
            assertThat(worker.status("/q/health/started")).isEqualTo(200);
            assertThat(worker.get("/q/metrics").body())
                    .contains(
                            "limner_jobs_total{status=\"completed\"} 1.0",
                            "limner_stage_seconds_count{stage=\"device\"}");
            String metrics = worker.get("/q/metrics").body();
            assertThat(MetricsText.own(metrics))
                    .hasSizeGreaterThan(20)
                    .contains(
                            "limner_circuit_open", "limner_images", "limner_stage_seconds", "limner_store_put_seconds");
            assertThat(MetricsText.undescribed(metrics)).isEmpty();
            List<ConsumerRecord<byte[], byte[]>> statuses = Producer.read(topics.workers(), 2, PATIENCE);
            WorkerStatus status = WorkerStatus.decode(statuses.getLast().value());
            assertThat(status.worker()).isEqualTo("watched");
            assertThat(status.models())
                    .extracting(WorkerStatus.Loaded::digest)
                    .containsExactly(result.model().digest());
            assertThat(status.partitions()).isEqualTo(12);
        }
    }
}
