package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged worker with the shipped model, from outside. */
class RunningWorkerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldDrawTheSameBytesAloneAmongOthersAndAfterARestart() throws Exception {
        Topics topics = TestBroker.topics("invariant");
        Map<String, String> digests = new HashMap<>();
        for (int life = 0; life < 2; life++) {
            try (TestWorker worker = TestWorker.start(topics, "worker-" + life, folder.resolve(String.valueOf(life)))
                    .ready()) {
                for (int others : new int[] {0, 2, 7, 31}) {
                    digests.put("life " + life + " among " + others, drawAmong(topics, life, others));
                }
                assertThat(worker.terminate()).isIn(0, 143);
            }
        }
        assertThat(digests.values()).as("digests: %s", digests).containsOnly(digests.get("life 0 among 0"));
    }

    private static String drawAmong(Topics topics, int life, int others) {
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
    void shouldAnswerEveryKindOfBadRecordAndDrawTheGoodOnesBetween() throws Exception {
        Topics topics = TestBroker.topics("bad");
        Map<String, ErrorCode> expected = new HashMap<>();
        List<byte[]> records = new ArrayList<>();
        for (Path example : badExamples()) {
            String name = example.getFileName().toString();
            byte[] bytes = Files.readAllBytes(example);
            records.add(bytes);
            expected.merge(Digests.sha256(bytes), ErrorCode.of(name.substring(0, name.indexOf('.'))), (a, b) -> a);
            records.add(Producer.job("good-" + records.size(), "good \\u202e \\\" caption", records.size()));
        }
        records.add(utf8("{\"caption\":\"a\",\"model\":\"nobody\"}"));
        expected.put(Digests.sha256(records.getLast()), ErrorCode.UNKNOWN_MODEL);
        records.add(utf8("{\"caption\":\"a\",\"size\":{\"width\":1,\"height\":1}}"));
        expected.put(Digests.sha256(records.getLast()), ErrorCode.SIZE_NOT_AVAILABLE);
        records.add(utf8("{\"id\":\"late\",\"caption\":\"a\",\"deadline\":\"2020-01-01T00:00:00Z\"}"));

        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, records);
            Map<String, Result> results = Producer.results(topics, records.size(), PATIENCE);

            assertThat(results).hasSize(records.size());
            assertThat(results.values().stream().filter(result -> result.outcome() instanceof Outcome.Completed))
                    .hasSize(badExamples().size());
            assertThat(results.get("late").outcome()).isInstanceOf(Outcome.Expired.class);
            List<ConsumerRecord<byte[], byte[]>> letters =
                    Producer.read(topics.deadLetters(), badExamples().size() + 2, PATIENCE);
            assertThat(letters).hasSize(badExamples().size() + 2);
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                String reason = header(letter, DeadLetterHeaders.REASON);
                ErrorCode code = ErrorCode.of(reason.substring(0, reason.indexOf(':')));
                assertThat(code).isEqualTo(expected.get(Digests.sha256(letter.value())));
                assertThat(header(letter, DeadLetterHeaders.ORIGIN)).startsWith(topics.jobs(Topics.Lane.STANDARD));
            }
            assertThat(worker.log()).doesNotContainPattern("[\\p{Cntrl}&&[^\\n\\r\\t]]");
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
            List<ConsumerRecord<byte[], byte[]>> statuses = Producer.read(topics.workers(), 2, PATIENCE);
            WorkerStatus status = WorkerStatus.decode(statuses.getLast().value());
            assertThat(status.worker()).isEqualTo("watched");
            assertThat(status.models()).containsExactly(result.model());
            assertThat(status.partitions()).isEqualTo(12);
        }
    }

    private static List<Path> badExamples() throws IOException {
        Path examples = Home.ROOT.resolve("protocol/src/main/resources/dev/limner/protocol/examples/rejected");
        try (Stream<Path> files = Files.list(examples)) {
            return files.sorted().toList();
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
