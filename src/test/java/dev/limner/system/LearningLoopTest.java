package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The learning loop as a user runs it: limner up --trainer, rate, tune, models. */
class LearningLoopTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SHOWN = 40;

    @TempDir
    Path folder;

    private Cli cli;
    private Process up;
    private BufferedReader output;
    private String bootstrap;
    private URI trainer;

    @BeforeEach
    void start() throws Exception {
        cli = new Cli(folder);
        up = cli.start(
                // Every JVM of the command gets it, and only the trainer looks for it.
                builder -> builder.environment()
                        .put(
                                "JDK_JAVA_OPTIONS",
                                "-Dlimner.faults.trainer=" + Home.FAULT_KIT
                                        + " -Dlimner.faults.trainer.pass-gate=true"),
                "up",
                "--trainer",
                "--port=0",
                "--http-port=0",
                "--trainer-port=0",
                // Two steps teach nothing; what is tried is the way of a release.
                "--set=limner.trainer.tuning.steps=2",
                "--set=limner.trainer.tuning.examples.passes=0",
                "--set=limner.trainer.rounds.after=0",
                "--set=limner.trainer.rounds.held-out=40",
                "--set=limner.trainer.canary.share=1");
        output = new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8));
        bootstrap = Cli.await(output, Pattern.compile("broker on (\\S+),"));
        trainer = URI.create(Cli.await(output, Pattern.compile("trainer \\(pid \\d+\\) ready on (\\S+)")));
        Cli.await(output, Pattern.compile("(ready, health)"));
    }

    @AfterEach
    void stop() throws Exception {
        up.destroy();
        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        output.close();
    }

    @Test
    void shouldTakeFeedbackTuneReleaseSwapAndRollBack() throws Exception {
        List<JsonNode> images = submit("first", SHOWN);
        String first = awaitStatus(status -> true).at("/record/live/digest").asText();

        assertThat(limner("rate", images.get(0).path("sha256").asText(), "like", "--rater=anna")
                        .exitCode())
                .isZero();
        limner("rate", "a".repeat(64), "dislike");
        JsonNode refused = awaitStatus(status -> status.path("refused").size() > 0);
        assertThat(refused.path("refused").properties()).hasSize(1);
        Cli.Run nonsense = limner("rate", images.get(0).path("sha256").asText(), "11");
        assertThat(nonsense.exitCode()).isEqualTo(2);
        assertThat(nonsense.error()).contains("11");

        limner("rate", "--file=" + examples(images));
        awaitStatus(status -> status.path("entries").asInt() == SHOWN + 1);
        String metrics = text("/q/metrics");
        assertThat(metrics).contains("limner_trainer_feedback_entries " + (SHOWN + 1) + ".0");
        assertThat(MetricsText.own(metrics)).hasSize(5);
        assertThat(MetricsText.undescribed(metrics)).isEmpty();
        Cli.Run tuned = limner("tune", "--trainer=" + trainer);
        assertThat(tuned.exitCode()).as(tuned.output() + tuned.error()).isZero();
        assertThat(tuned.output()).contains("round 1 released");
        String second =
                awaitStatus(status -> true).at("/record/canary/release/digest").asText();
        assertThat(second).hasSize(64).isNotEqualTo(first);
        awaitGeneratedBy(second, "trial");

        assertThat(limner("models", "promote").exitCode()).isZero();
        assertThat(limner("models", "list").output()).containsPattern(second.substring(0, 12) + " +live");
        assertThat(limner("models", "show", second.substring(0, 12)).output())
                .contains("\"parent\" : \"" + first + "\"", "\"feedback\"");

        assertThat(limner("models", "rollback", "--reason=worse").exitCode()).isZero();
        awaitGeneratedBy(first, "back");
        assertThat(limner("models", "rollback").exitCode()).isEqualTo(2);
    }

    /** A line of feedback for each image: what it shows is what was wanted. */
    private Path examples(List<JsonNode> images) throws IOException {
        List<String> lines = new ArrayList<>();
        for (JsonNode image : images) {
            lines.add(JSON.createObjectNode()
                    .put("id", "example-" + lines.size())
                    .put("image", image.path("sha256").asText())
                    .put("example", image.path("uri").asText())
                    .put("rater", "ben")
                    .toString());
        }
        return Files.write(folder.resolve("examples.jsonl"), lines);
    }

    /** Jobs until a model generates them: workers hear of a release when they hear of it. */
    private void awaitGeneratedBy(String digest, String group) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
            List<JsonNode> images = submit(group + attempt, 4);
            if (images.stream().allMatch(image -> image.path("model").asText().contains(digest))) {
                return;
            }
        }
        throw new AssertionError("nothing was generated by " + digest + " within " + PATIENCE);
    }

    private List<JsonNode> submit(String group, int jobs) throws Exception {
        List<String> captions = Files.readAllLines(Home.ROOT.resolve("data/captions-64.txt"));
        Path file = Files.write(folder.resolve(group + ".txt"), captions.subList(0, jobs));
        Path images = folder.resolve(group);
        Cli.Run submitted = limner("submit", "--file=" + file, "--group=" + group, "--images=" + images);
        assertThat(submitted.exitCode())
                .as(submitted.output() + submitted.error())
                .isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(images.resolve("manifest.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        assertThat(lines).hasSize(jobs);
        return lines;
    }

    private Cli.Run limner(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!arguments[0].equals("tune")) {
            all.add("--bootstrap=" + bootstrap);
        }
        return cli.run(all.toArray(String[]::new));
    }

    private String text(String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(trainer.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private JsonNode awaitStatus(Predicate<JsonNode> reached) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode status = JSON.createObjectNode();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                HttpRequest request =
                        HttpRequest.newBuilder(trainer.resolve("/status")).build();
                status = JSON.readTree(
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body());
                if (reached.test(status)) {
                    return status;
                }
                Thread.sleep(100);
            }
        }
        throw new AssertionError("the trainer stays at " + status);
    }
}
