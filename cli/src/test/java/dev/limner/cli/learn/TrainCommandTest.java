package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.cli.terminal.Progress;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.loop.TrainingLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainCommandTest {
    @TempDir
    Path folder;

    @Test
    void shouldNameTheWayOutForADataSetThatIsTooSmallBeforeAnythingIsTrained() throws IOException {
        assertThat(failure(set("d17", 15, 2)))
                .isEqualTo(
                        "the data set d17 has 15 to train on and 2 held out with captions in 'en', evaluations on held-out"
                                + " captions need 20 and 12: --check-every 0 trains without evaluations");
        assertThat(failure(set("d1", 0, 1)))
                .endsWith(": --check-every 0 trains without evaluations, but needs at least 2 to train on");
    }

    @Test
    void shouldSayThatThereIsNoModelToStartFrom() throws IOException {
        Path nope = folder.resolve("nope");

        assertThat(failure(set("d", 15, 2), "--from", nope.toString()))
                .isEqualTo("there is no model in " + nope + ": it has no manifest.json");
    }

    @Test
    void shouldSayThatEarlierRunsHaveTrainedForLonger() {
        assertThat(started(12, 24.4))
                .isEqualTo("no step is made: --minutes is 0.2, and earlier runs have trained for 0.4");
        assertThat(started(24, 12)).isEmpty();
    }

    private static String started(int limitSeconds, double before) {
        StringWriter said = new StringWriter();
        Duration limit = Duration.ofSeconds(limitSeconds);
        try (Progress progress = Progress.of("training (seconds)", limitSeconds)) {
            TrainCommand.shown(
                            new TrainingLoop.Limit(limit, 10, limit, limit, 0, false),
                            progress,
                            new PrintWriter(said, true))
                    .started(20, 4, before);
        }
        return said.toString().strip();
    }

    private String failure(Path set, String... more) {
        StringBuilder said = new StringBuilder();
        CommandLine command = new CommandLine(new TrainCommand())
                .setExecutionExceptionHandler((failure, spec, parsed) -> {
                    said.append(failure.getMessage());
                    return 1;
                });
        String[] arguments = {
            "--recipe",
            "../recipes/limner-32.yaml",
            "--data",
            set.toString(),
            "--out",
            folder.resolve("out").toString()
        };
        String[] all = new String[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        assertThat(command.execute(all)).isEqualTo(1);
        return said.toString();
    }

    private Path set(String name, int train, int test) throws IOException {
        Path set = Files.createDirectories(folder.resolve(name));
        DataSettings.ofPixels(32, 20).write(set);
        ShardFiles.write(
                set.resolve(name + "-000000.tar.gz"),
                IntStream.range(0, train + test)
                        .mapToObj(i -> image(i, i < train ? Split.TRAIN : Split.TEST))
                        .toList());
        return set;
    }

    private static CaptionedImage image(int number, Split split) {
        byte[] rgb = new byte[3 * 32 * 32];
        new SplittableRandom(number).nextBytes(rgb);
        return new CaptionedImage(
                String.valueOf(number),
                new Pixels(32, 32, rgb),
                Map.of("en", List.of("number " + number)),
                null,
                split);
    }
}
