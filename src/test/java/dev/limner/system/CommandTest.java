package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limner command as a user runs it. */
class CommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Cli cli;

    @BeforeEach
    void prepare() {
        cli = new Cli(folder);
    }

    @Test
    void shouldShowTheWholeWayOfAJobInTheDemo() throws Exception {
        List<String> hostile = BadCase.all().stream()
                .filter(bad -> !bad.rejected() && bad.text("caption") != null)
                .map(bad -> bad.text("caption"))
                .filter(caption -> !caption.startsWith("{"))
                .toList();
        assertThat(hostile).hasSizeGreaterThan(10).anyMatch(caption -> caption.contains("<script>"));
        List<String> lines = new ArrayList<>(List.of("red apple", "<b>bold</b> & \"quoted\""));
        lines.addAll(hostile);
        Path captions = Files.write(folder.resolve("captions.txt"), lines);
        String jobs = String.valueOf(lines.size());
        Path out = folder.resolve("demo");

        Cli.Run demo =
                cli.run("demo", "--jobs", jobs, "--captions", captions.toString(), "--out", out.toString(), "--json");

        assertThat(demo.exitCode()).as(demo.output()).isZero();
        JsonNode figures = JSON.readTree(demo.output().strip().lines().toList().getLast());
        assertThat(figures.get("jobs").asInt()).isEqualTo(lines.size());
        assertThat(figures.get("completed").asInt()).isEqualTo(lines.size());
        assertThat(figures.get("images").asInt()).isEqualTo(lines.size());
        assertThat(figures.get("imagesPerSecond").asDouble()).isPositive();
        try (Stream<Path> images = Files.list(out.resolve("images"))) {
            assertThat(images.filter(file -> file.toString().endsWith(".png"))).hasSize(lines.size());
        }
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;")
                .doesNotContain("<b>bold</b>", "<script>");
        Browser.assertShows(out.resolve("index.html"), lines.size());
    }

    @Test
    void shouldServeSubmitAndWatchFromUp() throws Exception {
        Process up = cli.start("up", "--port", "0", "--http-port", "0");
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8))) {
            String bootstrap = Cli.await(output, Pattern.compile("broker on (\\S+),"));
            Cli.await(output, Pattern.compile("(ready, health)"));
            Path file = Files.writeString(
                    folder.resolve("jobs.txt"), "red apple\n{\"caption\":\"blue car\",\"count\":2}\n\n");

            Cli.Run submit = cli.run(
                    "submit",
                    "-b",
                    bootstrap,
                    "--file",
                    file.toString(),
                    "--group",
                    "g1",
                    "--json",
                    "--images",
                    folder.resolve("pictures").toString());
            assertThat(submit.exitCode()).as(submit.output()).isZero();
            JsonNode figures =
                    JSON.readTree(submit.output().strip().lines().toList().getLast());
            assertThat(figures.get("images").asInt()).isEqualTo(3);
            assertThat(Files.readAllLines(folder.resolve("pictures/manifest.jsonl")))
                    .hasSize(3);

            assertThat(submit.error()).contains("jobs:");
            assertThat(submit.output()).doesNotContain("jobs:");

            Process watching = cli.start("watch", "-b", bootstrap, "--from-start");
            try (BufferedReader shown =
                    new BufferedReader(new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(shown.readLine()).contains("completed");
            }
            // Nothing more comes: it must notice by itself that nobody reads any more.
            assertThat(watching.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(watching.exitValue()).isEqualTo(141);

            if (Files.exists(Path.of("/dev/full"))) {
                Cli.Run lost = cli.run(
                        builder -> builder.redirectOutput(Path.of("/dev/full").toFile()),
                        "watch",
                        "-b",
                        bootstrap,
                        "--from-start");
                assertThat(lost.exitCode()).isEqualTo(1);
                assertThat(lost.error()).contains("limner: standard output cannot be written");
            }

            Path manifest = folder.resolve("manifest.jsonl");
            Cli.Run watch =
                    cli.run("watch", "-b", bootstrap, "--group", "g1", "--out", manifest.toString(), "--timeout", "30");
            assertThat(watch.exitCode()).as(watch.output()).isZero();
            List<String> lines = Files.readAllLines(manifest);
            assertThat(lines).hasSize(3);
            assertThat(JSON.readTree(lines.get(0)).properties().stream().map(java.util.Map.Entry::getKey))
                    .contains("text", "seed", "sha256", "file_name");

            Cli.Run rejected = cli.run("submit", "-b", bootstrap, "--watch", "--model", "nobody", "red apple");
            assertThat(rejected.exitCode()).isEqualTo(3);
            assertThat(rejected.output()).contains("rejected: model is 'nobody'");
        } finally {
            up.destroy();
            assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(folder.toString()))
                        .toList())
                .as("processes left over")
                .isEmpty();
    }

    @Test
    void shouldAnswerAUsersMistakeInOneLine() throws Exception {
        Cli.Run noBroker = cli.run("submit", "-b", "localhost:1", "red apple");
        assertThat(noBroker.exitCode()).isEqualTo(1);
        assertThat(noBroker.error().strip().lines().toList())
                .singleElement()
                .asString()
                .contains("no Kafka broker answers at localhost:1");

        Cli.Run badJob = cli.run("submit", "--count", "65", "red apple");
        assertThat(badJob.exitCode()).isEqualTo(2);
        assertThat(badJob.error())
                .contains("job 1: count is '65', must be from 1 to 64")
                .doesNotContain("\tat ");

        assertThat(cli.run("sumbit").exitCode()).isEqualTo(2);
        assertThat(cli.run("train", "--recipe", "nowhere.yaml", "--data", "d", "--out", "o")
                        .error())
                .contains("nowhere.yaml cannot be read");
    }

    @Test
    void shouldNotSucceedWhenItsOutputIsLost() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "SKIPPED: no /dev/full");
        Cli.Run lost =
                cli.run(builder -> builder.redirectOutput(Path.of("/dev/full").toFile()), "--help");

        assertThat(lost.exitCode()).isEqualTo(1);
        assertThat(lost.error()).contains("limner: standard output cannot be written");
    }

    @Test
    void shouldRefuseTextOfOtherKindsNamingTheLine() throws Exception {
        Path latin = Files.write(folder.resolve("k.txt"), "red\nK\u00e4se\n".getBytes(StandardCharsets.ISO_8859_1));
        Cli.Run refused = cli.run("submit", "--file", latin.toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.error().strip()).isEqualTo("limner: " + latin + " line 2: not UTF-8: byte 0xE4 at column 2");
    }

    @Test
    void shouldHelpWithEveryCommandAndCompleteThemInTheShell() throws Exception {
        for (String command : List.of(
                "demo", "up", "submit", "watch", "explain", "redrive", "cancel", "store", "chaos", "train", "data",
                "eval", "judges")) {
            Cli.Run help = cli.run(command, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.output()).contains("Usage: limner " + command);
        }
        Cli.Run completion = cli.run("generate-completion");
        assertThat(completion.output()).contains("complete -F _complete_limner");
    }
}
