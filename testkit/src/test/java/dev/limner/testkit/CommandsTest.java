package dev.limner.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.limner.cli.Limner;
import dev.limner.testkit.chaos.fault.FaultCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The test kit's commands, as the command line finds them and as it has its own behave. */
class CommandsTest {
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void nameTheProjectsFolder() {
        // Commands look for the shipped files when they are made.
        System.setProperty("limner.home", "..");
    }

    @Test
    void shouldBeFoundByTheCommandLineBesideItsOwn() {
        assertThat(Limner.commandLine().getSubcommands().keySet()).contains("bench", "chaos", "submit", "train");
    }

    @Test
    void shouldAnswerMisuseInOneLine() {
        assertThat(run("chaos", "--brokers", "two")).isEqualTo(2);
        assertThat(err.toString().strip())
                .isEqualTo("limner: --brokers is 'two', must be a whole number; 'limner chaos --help' says more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench gate --lines 7",
                "bench import --pictures 7",
                "bench learn --taste DARK",
                "bench learn --rater HOSTILE",
                "bench pipeline --generator null",
                "bench stop --situations BACKLOG,BROKER_KILLED",
                "bench transfer --artwork TWEMOJI",
                "chaos --generator null"
            })
    void shouldTakeWhatEarlierReleasesCalledOtherwise(String line) {
        assertThatCode(() -> Limner.commandLine().parseArgs(line.split(" "))).doesNotThrowAnyException();
    }

    /** What the guides say of a bare command. */
    @Test
    void shouldDoByDefaultWhatTheGuidesDescribe() throws IOException {
        CommandLine limner = Limner.commandLine();
        CommandSpec transfer = limner.getSubcommands()
                .get("bench")
                .getSubcommands()
                .get("transfer")
                .getCommandSpec();
        CommandSpec chaos = limner.getSubcommands().get("chaos").getCommandSpec();

        assertThat(Files.readString(Path.of("../docs/measurements.md")))
                .contains("--minutes " + transfer.findOption("--minutes").defaultValue() + " --minutes-from-nothing "
                        + transfer.findOption("--minutes-from-nothing").defaultValue());
        assertThat(Files.readString(Path.of("../docs/guide/operate.md")))
                .contains(chaos.findOption("--faults").defaultValue() + " faults of "
                        + FaultCatalog.all().size() + " kinds");
    }

    @Test
    void shouldNameTheGeneratorsInOneWay() {
        assertThat(run("chaos", "--generator", "none")).isEqualTo(2);
        assertThat(run("bench", "pipeline", "--generator", "none")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "limner: --generator is 'none', must be constant or model",
                        "limner: --generator is 'none', must be one of model, constant;"
                                + " 'limner bench pipeline --help' says more");
    }

    @Test
    void shouldNameTheBenchmarksWhereOneIsMissing() {
        assertThat(run("bench")).isEqualTo(2);
        assertThat(err.toString()).startsWith("limner bench needs a command").contains("pipeline");
    }

    @Test
    void shouldSayWholeSentencesInHelp() {
        CommandLine limner = Limner.commandLine();

        assertThat(Stream.of("bench", "chaos")
                        .map(limner.getSubcommands()::get)
                        .flatMap(CommandsTest::descriptions)
                        .filter(text -> !text.endsWith(".")))
                .isEmpty();
    }

    private static Stream<String> descriptions(CommandLine command) {
        Stream<String> own =
                Arrays.stream(command.getCommandSpec().usageMessage().description());
        return Stream.concat(own, command.getSubcommands().values().stream().flatMap(CommandsTest::descriptions));
    }

    private int run(String... arguments) {
        return Limner.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    }
}
