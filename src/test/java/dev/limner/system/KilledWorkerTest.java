package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Digests;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWorkerTest {
    private static final int JOBS = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void shouldAnswerEveryJobOnceWhenAWorkerIsKilledInTheMiddle() throws Exception {
        Topics topics = TestBroker.topics("killed");
        List<byte[]> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            jobs.add(Producer.job("j-" + i, "fish number " + i % 100, i));
        }
        try (TestWorker first = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, jobs);
            Producer.await(topics.results(), JOBS / 10, PATIENCE);
            first.kill();
        }
        int doneBefore = Producer.read(topics.results(), 1, PATIENCE).size();
        assertThat(doneBefore).as("results before the kill").isBetween(JOBS / 10, JOBS - 1);

        try (TestWorker second = TestWorker.start(topics, "worker", folder).ready()) {
            Map<String, Result> results = Producer.results(topics, JOBS, PATIENCE);

            assertThat(results).hasSize(JOBS);
            for (Result result : results.values()) {
                Outcome.ImageRef image = Producer.onlyImage(result);
                byte[] file = Files.readAllBytes(Path.of(URI.create(image.uri())));
                assertThat(Digests.sha256(file)).isEqualTo(image.sha256());
            }
            assertThat(second.terminate()).isIn(0, 143);
        }
        // After a clean stop nothing is left over: what follows is generated, nothing is generated again.
        try (TestWorker third = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, List.of(Producer.job("last", "fish", 1)));
            assertThat(Producer.results(topics, JOBS + 1, PATIENCE))
                    .hasSize(JOBS + 1)
                    .containsKey("last");
            assertThat(third.status("/q/health/live")).isEqualTo(200);
        }
    }
}
