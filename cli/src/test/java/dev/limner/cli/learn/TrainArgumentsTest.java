package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.DataSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainArgumentsTest {
    @TempDir
    Path folder;

    private @Nullable Exception thrown;

    @Test
    void shouldNotTrainIntoAModel() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "{}");

        run("--from", folder.toString());

        assertThat(thrown)
                .isInstanceOf(UsageException.class)
                .hasMessage("--out " + folder + " is a model, which a training would write over: give a folder of its"
                        + " own");
        assertThat(folder).isDirectoryContaining("glob:**manifest.json");
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void shouldNotTrainIntoADataSet() {
        DataSettings.ofPixels(32, 20).write(folder);

        run("--from", folder.toString());

        assertThat(thrown)
                .isInstanceOf(UsageException.class)
                .hasMessage("--out " + folder + " is a data set: give a folder of its own");
    }

    @Test
    void shouldNotFreezeNothingSilently() {
        for (String parts : List.of(",", "", ",,discriminator/start")) {
            run("--from", folder.toString(), "--freeze", parts);

            assertThat(thrown)
                    .as(parts)
                    .isInstanceOf(UsageException.class)
                    .hasMessage("--freeze names a part that is empty, must be as in discriminator/start");
        }
    }

    private void run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--data", "nowhere", "--out", folder.toString()));
        arguments.addAll(List.of(more));
        thrown = null;
        CommandLine command = new CommandLine(new TrainCommand());
        command.setExecutionExceptionHandler((exception, line, result) -> {
            thrown = exception;
            return 1;
        });
        int unused = command.execute(arguments.toArray(String[]::new));
    }
}
