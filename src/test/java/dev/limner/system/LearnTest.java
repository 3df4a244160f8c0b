package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of captioned images to an evaluated model, as the guide has it. */
class LearnTest {
    /** 128 and the number of SIGTERM. */
    private static final int TERMINATED = 143;

    private static final List<String> NAMES = List.of("red", "green", "blue", "orange");
    private static final List<Color> COLOURS = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.ORANGE);
    private static final String RECIPE = """
            name: tiny
            language: en
            seed: 1
            batch: 8
            generator: {latent: 8, text: 384, condition: 8, channels: [8, 8, 8], smooth: true}
            discriminator: {channels: [8, 8, 8], features: 8}
            objective: {mismatch: 0.5, gamma: 1.0, penaltyEvery: 4, reconstruction: 1}
            optimizer: {learningRate: 0.001, finalLearningRate: 0.001, decaySteps: 0, beta1: 0.0, beta2: 0.9,
                        averageDecay: 0.99, accumulate: 1}
            augmentation: {translation: 0.125, cutout: 0}
            text: {encoder: all-minilm-l6-v2-q, noise: 0.1}
            """;

    @TempDir
    Path folder;

    private Cli cli;
    private Path data;
    private Path recipe;

    @BeforeEach
    void prepare() throws Exception {
        cli = new Cli(folder);
        Path images = Files.createDirectories(folder.resolve("pictures"));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            int colour = i % NAMES.size();
            write(images.resolve("p" + i + ".png"), COLOURS.get(colour), 1 + i % 11, 1 + i / 11);
            lines.add(
                    "{\"file_name\": \"p%d.png\", \"text\": [\"%s square\", \"a square that is %2$s\", \"number %1$d\"]}"
                            .formatted(i, NAMES.get(colour)));
        }
        Files.write(images.resolve("metadata.jsonl"), lines);
        data = folder.resolve("data");
        recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        Cli.Run imported = cli.run(
                "data",
                "import",
                "folder",
                images.toString(),
                "--side=32",
                "--validation=20",
                "--test=20",
                "--licence=CC-BY-SA-4.0",
                "--out=" + data);
        assertThat(imported.exitCode()).as(imported.error()).isZero();
    }

    @Test
    void shouldTrainWhatItImportedAndSayHowGoodItIs() throws Exception {
        JsonNode shown = cli.run("data", "show", data.toString(), "--json").json();
        assertThat(shown.path("train").asInt()
                        + shown.path("validation").asInt()
                        + shown.path("test").asInt())
                .isEqualTo(shown.path("images").asInt());
        assertThat(shown.path("validation").asInt()).isGreaterThan(12);
        assertThat(shown.path("test").asInt()).isGreaterThan(12);
        assertThat(cli.run("data", "split", data.toString(), "--only=test")
                        .output()
                        .lines())
                .hasSize(shown.path("test").asInt());

        Path out = folder.resolve("run");
        Cli.Run trained = cli.run(
                "train",
                "--recipe=" + recipe,
                "--data=" + data,
                "--out=" + out,
                "--steps=60",
                "--check-every=0.01",
                "--save-every=0.05");
        assertThat(trained.exitCode()).as(trained.error()).isZero();
        assertThat(trained.output()).contains("model tiny@", "report.html").doesNotContain("score");
        assertThat(trained.error()).contains("score", "which is share-alike");
        assertThat(Files.readString(out.resolve("model/manifest.json"))).contains("CC-BY-SA-4.0", "\"validation\"");
        assertThat(Files.readString(out.resolve("report.html"))).contains("chosen by the validation split");

        Path page = folder.resolve("eval.html");
        Cli.Run evaluated =
                cli.run("eval", out.resolve("model").toString(), "--data=" + data, "--json", "--html=" + page);
        assertThat(evaluated.exitCode()).as(evaluated.error()).isZero();
        JsonNode figures = evaluated.json();
        for (String metric : List.of(
                "kid",
                "precision",
                "recall",
                "density",
                "coverage",
                "rPrecision",
                "classAccuracy",
                "memorisation",
                "diversity",
                "diversityBetween",
                "hue")) {
            JsonNode figure = figures.path(metric);
            assertThat(figure.path("value").isNumber()).as(metric).isTrue();
            assertThat(figure.path("low").asDouble())
                    .as(metric)
                    .isLessThanOrEqualTo(figure.path("high").asDouble());
            assertThat(figure.at("/real/value").isNumber()).as(metric).isTrue();
            assertThat(figure.at("/untrained/value").isNumber()).as(metric).isTrue();
        }
        assertThat(figures.at("/fid/unavailable").asText()).contains("it takes 640");
        assertThat(figures.at("/hue/real/value").asDouble()).isGreaterThan(0.95);
        int heldOut = shown.path("test").asInt();
        int curves = Files.readString(page).split("alt=\"curves\"", -1).length - 1;
        assertThat(curves).isPositive();
        Browser.assertShows(page, 64 + 3 * Math.min(24, heldOut) + Math.min(8, heldOut) + curves);
    }

    @Test
    void shouldEndWithTheSameWeightsHoweverOftenItIsKilled() throws Exception {
        Path whole = folder.resolve("whole");
        Path pieces = folder.resolve("pieces");
        trainToTheEnd(whole);

        for (int kill = 0; kill < 3; kill++) {
            Process process = train(pieces);
            Path state = pieces.resolve("checkpoint/checkpoint.json");
            String before = Files.exists(state) ? Files.readString(state) : "";
            while (process.isAlive()
                    && (!Files.exists(state) || Files.readString(state).equals(before))) {
                Thread.sleep(20);
            }
            if (kill < 2) {
                process.destroyForcibly().waitFor();
            } else {
                // Asked to end, it finishes its step and says where it is.
                // The process itself would close its streams with it.
                process.toHandle().destroy();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(output).isEqualTo(TERMINATED);
                assertThat(output).containsPattern("stopped at step \\d+").doesNotContain("fatal error");
            }
        }
        trainToTheEnd(pieces);

        assertThat(Files.readAllBytes(pieces.resolve("model/weights.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("model/weights.safetensors")));
        assertThat(steps(pieces)).isEqualTo(steps(whole)).doesNotHaveDuplicates();
    }

    private void trainToTheEnd(Path out) throws Exception {
        Process process = train(out);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private Process train(Path out) throws IOException {
        return cli.start(
                "train",
                "--recipe=" + recipe,
                "--data=" + data,
                "--out=" + out,
                "--steps=60",
                "--check-every=0",
                "--save-every=0");
    }

    private static List<Integer> steps(Path out) throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String line : Files.readAllLines(out.resolve("log.jsonl"))) {
            steps.add(new ObjectMapper().readTree(line).path("step").asInt());
        }
        return steps;
    }

    private static void write(Path file, Color colour, int left, int top) throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 32, 32);
        graphics.setColor(colour);
        graphics.fillRect(left, top, 18, 16);
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }
}
