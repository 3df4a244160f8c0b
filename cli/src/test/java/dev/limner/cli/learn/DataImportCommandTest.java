package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.ShardFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataImportCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldEndWithOneWhenPartOfAShardIsMissingAndAddTheRestLater() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        Path shard = shards.resolve("00000.tar.gz");
        ShardFiles.write(
                shard,
                IntStream.range(0, 10).mapToObj(DataImportCommandTest::image).toList());
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length / 2));

        assertThat(run(shards)).isEqualTo(1);
        assertThat(out.toString())
                .contains("left out: 1, because the shard is cut off or damaged, and what follows is missing")
                .contains("each of them: " + folder.resolve("set").resolve("skipped.jsonl"));
        assertThat(err.toString()).contains("part of the source is missing");

        Files.write(shard, whole);

        assertThat(run(shards)).isZero();
        assertThat(count("(\\d+) new images?, ") + count(" (\\d+) w[a-z]+ there already"))
                .isEqualTo(10);
        assertThat(count("(\\d+) new images?, ")).isPositive();
    }

    @Test
    void shouldSayWhatWasUsedWithAWord() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        ShardFiles.write(shards.resolve("0.tar.gz"), List.of(image(0)));
        ShardFiles.write(
                shards.resolve("1.tar.gz"),
                List.of(new CaptionedImage("0", image(1).pixels(), Map.of("en", List.of("another nought")))));

        assertThat(run(shards)).isZero();
        assertThat(out.toString())
                .contains("2 new images, 0 were there already; ")
                .doesNotContain("left out")
                .contains("used: 1, though another image has its name, so its key ends with a digest")
                .contains("each of them: " + folder.resolve("set").resolve("remarks.jsonl"));
    }

    @Test
    void shouldSayWhatAFewImagesCannotBeUsedFor() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        ShardFiles.write(shards.resolve("0.tar.gz"), List.of(image(0)));

        assertThat(run(shards, "--held-out=0")).isZero();

        assertThat(out.toString())
                .contains("1 new image, 0 were there already; 1 to train on, 0 for validation, 0 for testing")
                .contains(
                        "none is held out, too few to look at how a training goes (20 to train on and 12 for validation"
                                + " are needed): import more, or train with --check-every 0");

        ShardFiles.write(
                shards.resolve("1.tar.gz"),
                IntStream.range(1, 100).mapToObj(DataImportCommandTest::image).toList());

        assertThat(run(shards, "--held-out=0")).isZero();
        assertThat(out.toString())
                .contains("99 new images, 1 was there already; 100 to train on, 0 for validation, 0 for testing")
                .contains("none is held out");
    }

    @Test
    void shouldPointFromAFolderOfShardsToTheirImport() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        ShardFiles.write(shards.resolve("0.tar.gz"), List.of(image(0)));
        ShardFiles.write(shards.resolve("1.tar"), List.of(image(1)));

        assertThat(new CommandLine(DataCommand.class)
                        .setExecutionExceptionHandler((failure, command, parsed) -> {
                            err.write(String.valueOf(failure.getMessage()));
                            return 1;
                        })
                        .execute("import", "folder", shards.toString(), "--out=" + folder.resolve("other")))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("2 x neither an image nor a caption file: limner data import webdataset reads shards; each");
    }

    private int run(Path shards, String... more) {
        out.getBuffer().setLength(0);
        return new CommandLine(DataCommand.class)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(
                                Stream.of(
                                        "import",
                                        "webdataset",
                                        shards.toString(),
                                        "--side=32",
                                        "--out=" + folder.resolve("set")),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    private int count(String pattern) {
        return out.toString()
                .lines()
                .filter(line -> line.matches(".* new images?, .*"))
                .map(line -> line.replaceAll(".*?" + pattern + ".*", "$1"))
                .mapToInt(Integer::parseInt)
                .sum();
    }

    private static CaptionedImage image(int number) {
        byte[] rgb = new byte[3 * 32 * 32];
        new SplittableRandom(number).nextBytes(rgb);
        return new CaptionedImage(
                String.valueOf(number), new Pixels(32, 32, rgb), Map.of("en", List.of("number " + number)));
    }
}
