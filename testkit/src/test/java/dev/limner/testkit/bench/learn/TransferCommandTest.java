package dev.limner.testkit.bench.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.cli.Limner;
import dev.limner.cli.learn.DataCommand;
import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is refused before anything is fetched or trained. */
class TransferCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void nameTheProjectsFolder() {
        System.setProperty("limner.home", "..");
    }

    @Test
    void shouldAnswerWrongOptionsInOneLineBeforeAnythingIsImported() {
        assertThat(complaint("--category", "No Such"))
                .startsWith("limner: --category is 'No Such', must be one of Activities, Animals & Nature, ");
        assertThat(complaint("--category", "")).startsWith("limner: --category is '', must be one of ");
        assertThat(complaint("--held-out", "95")).isEqualTo("limner: --held-out is 95, must be from 0 to 90 percent");
        assertThat(complaint("--held-out", "0")).startsWith("limner: --held-out is 0, must be at least 1");
        assertThat(complaint("--minutes", "3,1")).startsWith("limner: --minutes is [3, 1], must be");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void shouldRefuseOptionsThatDifferFromThoseOfWhatIsThere() throws IOException {
        Path run = Files.createDirectories(folder.resolve("out"));
        for (String part : List.of("all", "small", "from-model", "frozen", "from-nothing")) {
            Files.createDirectory(run.resolve(part));
            assertThat(complaint()).contains(part + " of a run whose options nobody wrote down");
            Files.delete(run.resolve(part));
        }
        Files.writeString(run.resolve("options.json"), "{}");

        assertThat(complaint())
                .contains("holds a run with other options")
                .contains("--from was not given and is '")
                .contains("--freeze was not given and is 'discriminator/start,discriminator/stage0'")
                .contains("--artwork was not given and is 'twemoji'")
                .contains("--category was not given and is 'Animals & Nature'")
                .contains("--held-out was not given and is '33'");
    }

    @Test
    void shouldFailAsTheCommandsFailThatItRuns() {
        CommandSpec spec = new CommandLine(new TransferCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .getCommandSpec();

        assertThatThrownBy(() -> LearningReports.execute(
                        spec, DataCommand.class, "import", "webdataset", folder + "/none", "--out=" + folder + "/set"))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(folder + "/none");
        assertThatThrownBy(() -> LearningReports.execute(
                        spec,
                        DataCommand.class,
                        "import",
                        "webdataset",
                        folder.toString(),
                        "--out=" + folder + "/../set",
                        "--side=7"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--side is 7");
        assertThatThrownBy(() -> LearningReports.execute(spec, DataCommand.class, "import", "folder", "--no-such"))
                .isInstanceOf(UsageException.class);
        assertThat(err.toString()).doesNotContain("at ").isEmpty();
    }

    private String complaint(String... more) {
        err.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of("bench", "transfer", "--out=" + folder.resolve("out")));
        line.addAll(List.of(more));
        assertThat(Limner.commandLine().setErr(new PrintWriter(err, true)).execute(line.toArray(String[]::new)))
                .isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        return err.toString().strip();
    }
}
