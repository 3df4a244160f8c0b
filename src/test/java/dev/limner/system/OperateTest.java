package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with a fleet: explain, redrive, cancel, and look after the store. */
class OperateTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldExplainAJobThatWasGeneratedAndOneThatWaits() throws Exception {
        Topics topics = TestBroker.topics("explain");
        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, List.of(Producer.job("drawn", "red apple", 7), Producer.job("mate", "fish", 8)));
            Producer.results(topics, 2, PATIENCE);
            assertThat(worker.terminate()).isIn(0, 143);
        }
        Producer.send(topics, List.of(Producer.job("waits", "cat", 9)));

        Cli.Run generated = limner(topics, "explain", "drawn");
        assertThat(generated.exitCode())
                .as(generated.output() + generated.error())
                .isZero();
        assertThat(generated.output())
                .contains(
                        "job drawn", "red apple", "completed", "worker, attempt 1", "batch", "device", ".png", "there")
                .contains("explain.jobs.");
        JsonNode told = limner(topics, "explain", "drawn", "--json").json();
        String place = told.at("/submissions/0/record").asText();
        assertThat(place).matches(".+-\\d+@\\d+");
        assertThat(limner(topics, "explain", place).output()).contains("job drawn", "red apple");
        assertThat(told.at("/results/0/result/status").asText()).isEqualTo("completed");
        assertThat(told.at("/submissions/0/job/seed").asLong()).isEqualTo(7);

        Cli.Run waits = limner(topics, "explain", "waits", "--consumer-group", "explain-workers");
        assertThat(waits.output()).contains("waiting, or on its way");
        assertThat(limner(topics, "explain", "nobody").exitCode()).isEqualTo(1);
    }

    @Test
    void shouldSendDeadLettersAgainOnceAndEchoTheRedriveNumber() throws Exception {
        Topics topics = TestBroker.topics("redrive");
        byte[] badModel = "{\"id\":\"m\",\"caption\":\"cat\",\"model\":\"nobody\"}".getBytes(StandardCharsets.UTF_8);
        byte[] nameless = "{\"caption\":\"cat\",\"model\":\"nobody\"}".getBytes(StandardCharsets.UTF_8);
        byte[] empty = "{\"id\":\"e\",\"caption\":\"\"}".getBytes(StandardCharsets.UTF_8);
        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, List.of(badModel, nameless, empty));
            Map<String, Result> first = Producer.results(topics, 3, PATIENCE);
            String fallback = first.keySet().stream()
                    .filter(id -> id.startsWith("redrive.jobs"))
                    .findFirst()
                    .orElseThrow();

            Cli.Run dry = limner(topics, "redrive", "--reason", "unknown-model");
            assertThat(dry.output()).contains("2 jobs would be sent again", "2 unknown-model");
            assertThat(Producer.read(topics.results(), 3, PATIENCE)).hasSize(3);
            assertThat(limner(topics, "redrive").output())
                    .contains("1 caption-empty: can only fail again")
                    .containsPattern("(?m)2 unknown-model$");

            Cli.Run sent = limner(topics, "redrive", "--reason", "unknown-model", "--apply");
            assertThat(sent.exitCode()).as(sent.output() + sent.error()).isZero();
            assertThat(sent.output()).contains("2 jobs sent again");
            Producer.await(topics.results(), 5, PATIENCE);
            List<Result> again = Producer.read(topics.results(), 5, PATIENCE).stream()
                    .map(record -> ResultCodec.decode(record.value()))
                    .filter(result -> result.redrive() == 1)
                    .toList();
            assertThat(again).extracting(Result::jobId).containsExactlyInAnyOrder("m", fallback);

            // Not the same letters once more, but those that these left.
            Cli.Run next = limner(topics, "redrive", "--reason", "unknown-model");
            assertThat(next.output()).contains("2 dead letters sent again before", "2 jobs would be sent again");
            assertThat(limner(topics, "redrive", "--until", "PT1H").output()).contains("0 jobs would");
            Cli.Run wrong = limner(topics, "redrive", "--reason", "no-such-code");
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.error()).contains("no error code is called 'no-such-code'");
            assertThat(worker.status("/q/health/live")).isEqualTo(200);
        }
    }

    @Test
    void shouldAnswerACancelledJobWithoutGeneratingIt() throws Exception {
        Topics topics = TestBroker.topics("cancel");
        assertThat(limner(topics, "cancel", "unwanted", "other").output()).contains("2 cancellations sent");
        Producer.send(topics, List.of(Producer.job("unwanted", "cat", 1), Producer.job("wanted", "cat", 2)));

        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Map<String, Result> results = Producer.results(topics, 2, PATIENCE);
            assertThat(results.get("unwanted").outcome()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(results.get("wanted").outcome()).isInstanceOf(Outcome.Completed.class);
            assertThat(worker.get("/q/metrics").body()).contains("limner_images_total 1.0");
        }
    }

    @Test
    void shouldFindWhatIsBrokenInTheStoreAndRemoveOnlyWhatNobodyNeeds() throws Exception {
        Topics topics = TestBroker.topics("store");
        Path store = folder.resolve("store");
        List<Path> images;
        try (TestWorker worker = TestWorker.start(topics, "worker", folder).ready()) {
            Producer.send(topics, List.of(Producer.job("a", "cat", 1), Producer.job("b", "dog", 2)));
            images = Producer.results(topics, 2, PATIENCE).values().stream()
                    .map(result -> Path.of(URI.create(Producer.onlyImage(result).uri())))
                    .toList();
            assertThat(worker.terminate()).isIn(0, 143);
        }
        Cli.Run whole = limner(topics, "store", "verify", "--store", store.toString());
        assertThat(whole.exitCode()).as(whole.output() + whole.error()).isZero();
        assertThat(whole.output()).contains("2 whole, 0 missing, 0 broken");

        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(9)));
        Path garbage =
                Files.writeString(store.resolve(images.get(0).getParent().resolve("a".repeat(64) + ".png")), "x");
        Path fresh = Files.writeString(images.get(0).getParent().resolve("b".repeat(64) + ".png"), "x");
        Path half = Files.writeString(images.get(0).getParent().resolve(".tmp~gone~1"), "x");
        for (Path file : List.of(garbage, half, images.get(0))) {
            Files.setLastModifiedTime(file, old);
        }
        Cli.Run dry = limner(topics, "store", "gc", "--store", store.toString());
        assertThat(dry.output()).contains("4 objects, 2 referred to; 1 (").contains("--apply removes them");
        assertThat(garbage).exists();
        assertThat(limner(topics, "store", "gc", "--store", store.toString(), "--apply")
                        .output())
                .contains("removed");
        assertThat(garbage).doesNotExist();
        assertThat(half).doesNotExist();
        assertThat(fresh).exists();
        assertThat(images).allSatisfy(image -> assertThat(image).exists());

        Files.writeString(images.get(0), "cut");
        Files.delete(images.get(1));
        Cli.Run broken = limner(topics, "store", "verify", "--store", store.toString());
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(broken.output()).contains("0 whole, 1 missing, 1 broken");
    }

    private Cli.Run limner(Topics topics, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", TestBroker.bootstrap(), "--topic-prefix", topics.prefix()));
        return new Cli(folder).run(all.toArray(String[]::new));
    }
}
