package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/guide/own-model.md promises, with a generator that PyTorch exported. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class OwnModelTest {
    private static final Path EXPORTED = Home.ROOT.resolve("generator/src/test/resources/torchscript/generator.pt");
    private static final Pattern PROGRAM = Pattern.compile("program {2}([0-9a-f]{64})");

    @TempDir
    Path folder;

    @Test
    void shouldServeAGeneratorThatWasExportedFromPyTorch() throws Exception {
        Cli cli = new Cli(folder);
        Path spec = Files.writeString(folder.resolve("spec.json"), """
                {"arguments": [{"input": "noise", "shape": [8, 1, 1]}, {"input": "label"}, {"input": "controls"}],
                 "labels": ["disc", "ring", "bar"],
                 "controls": [{"name": "brightness", "min": -0.5, "max": 0.5, "default": 0.5}],
                 "output": {"side": 16, "channels": 3, "range": [0, 1]}}
                """);
        Path bundle = folder.resolve("own");
        Cli.Run imported = cli.run(
                "models",
                "import",
                EXPORTED.toString(),
                "--spec",
                spec.toString(),
                "--name",
                "own",
                "--out",
                bundle.toString(),
                "--licence",
                "CC0-1.0");
        assertThat(imported.exitCode()).as(imported.error()).isZero();
        assertThat(bundle).isDirectoryContaining("glob:**probes.png");
        assertThat(imported.output()).contains("tried    100 calls, 8 images each: the same bytes");
        Matcher program = PROGRAM.matcher(imported.output());
        assertThat(program.find()).as(imported.output()).isTrue();

        Topics topics = TestBroker.topics("own-model");
        String model = "-Dlimner.worker.model=" + bundle;
        try (TestWorker forbidden = TestWorker.start(topics, "forbidden", folder, model)) {
            assertThat(forbidden.ended()).isNotZero();
            assertThat(forbidden.log()).contains("limner.worker.models.programs has its digest " + program.group(1));
        }
        try (TestWorker worker =
                TestWorker.start(topics, "w", folder, model, "-Dlimner.worker.models.programs=" + program.group(1))) {
            worker.ready();
            Path images = folder.resolve("images");
            Cli.Run made = submit(
                    cli,
                    topics,
                    "--label",
                    "ring",
                    "--control",
                    "brightness=0.25",
                    "--count",
                    "3",
                    "--seed",
                    "7",
                    "--images",
                    images.toString());
            assertThat(made.exitCode()).as(made.output() + made.error()).isZero();
            try (Stream<Path> files = Files.list(images)) {
                List<Path> pngs =
                        files.filter(file -> file.toString().endsWith(".png")).toList();
                assertThat(pngs).hasSize(3);
                assertThat(ImageIO.read(pngs.get(0).toFile()).getWidth()).isEqualTo(16);
                String id = pngs.get(0).getFileName().toString().replaceFirst("-\\d\\.png$", "");
                assertThat(cli.run("explain", "-b", TestBroker.bootstrap(), "--topic-prefix", topics.prefix(), id)
                                .output())
                        .contains("label        ring", "controls     {\"brightness\":0.25}")
                        .doesNotContain("caption");
            }

            assertThat(submit(cli, topics, "--watch", "--label", "sandal").output())
                    .contains("sandal", "disc, ring, bar");
            assertThat(submit(cli, topics, "--watch", "a ring of gold").output())
                    .contains("label is missing", "disc, ring, bar");
            assertThat(submit(cli, topics, "--watch", "--label", "bar", "--control", "brightness=0.6")
                            .output())
                    .contains("controls.brightness", "must be from -0.5 to 0.5");
            assertThat(submit(cli, topics, "--watch", "--label", "bar", "--control", "size=1")
                            .output())
                    .contains("size", "model own has brightness");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAnImportAndLeaveNothing() throws Exception {
        Cli cli = new Cli(folder);
        Path spec = Files.writeString(folder.resolve("spec.json"), """
                {"arguments": [{"input": "noise", "shape": [8, 1, 1]}], "output": {"side": 16, "channels": 2}}
                """);
        Path bundle = folder.resolve("bad");

        Cli.Run refused = cli.run(
                "models",
                "import",
                EXPORTED.toString(),
                "--spec",
                spec.toString(),
                "--name",
                "own",
                "--out",
                bundle.toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.error())
                .contains("limner: " + spec + ": output.channels is 2, must be 1 or 3")
                .doesNotContain("\tat ");
        assertThat(bundle).doesNotExist();

        Files.writeString(
                spec,
                "{\"arguments\": [{\"input\": \"noise\", \"shape\": [8, 1, 1]}], \"output\":"
                        + " {\"side\": 16, \"channels\": 3}}");
        Cli.Run fails = cli.run(
                "models",
                "import",
                EXPORTED.toString(),
                "--spec",
                spec.toString(),
                "--name",
                "own",
                "--out",
                bundle.toString());
        assertThat(fails.exitCode()).as("forward takes three").isEqualTo(2);
        assertThat(fails.error()).doesNotContain("\tat ");
        assertThat(bundle.resolve("manifest.json")).doesNotExist();
    }

    private static Cli.Run submit(Cli cli, Topics topics, String... arguments) throws Exception {
        return cli.run(Stream.concat(
                        Stream.of(
                                "submit",
                                "-b",
                                TestBroker.bootstrap(),
                                "--topic-prefix",
                                topics.prefix(),
                                "--model",
                                "own"),
                        Stream.of(arguments))
                .toArray(String[]::new));
    }
}
