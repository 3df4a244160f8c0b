package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Jars beside the command line's own, whole and broken. */
class InstalledCommandsTest {
    private static final String HERE = "dev.limner.cli.InstalledCommandsTest$";

    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void nameTheProjectsFolder() {
        // Commands look for the shipped files when they are made.
        System.setProperty("limner.home", "..");
    }

    /** One of another jar. */
    @Command(name = "whole")
    public static final class Whole implements LimnerCommand {}

    /** One that fails when it is made. */
    @Command(name = "failing")
    public static final class Failing implements LimnerCommand {
        public Failing() {
            throw new IllegalStateException("no such luck");
        }
    }

    /** One whose class needs another that is not there. */
    @Command(name = "lacking")
    public static final class Lacking implements LimnerCommand {
        public Lacking() {
            throw new NoClassDefFoundError("no/such/Thing");
        }
    }

    /** One that picocli cannot read. */
    @Command(name = "odd")
    public static final class Odd implements LimnerCommand {
        @Option(names = "-a")
        boolean one;

        @Option(names = "-a")
        boolean other;
    }

    @Test
    void shouldLeaveOutWhatIsBrokenAndNothingElse() throws IOException {
        InstalledCommands commands = installed(
                "no.such.Command", HERE + "Failing", HERE + "Lacking", HERE + "Odd", "cut.Short", HERE + "Whole");

        assertThat(commands.found())
                .extracting(CommandLine::getCommandName)
                .contains("whole", "train", "watch", "store")
                .doesNotContain("failing", "lacking", "odd");
        assertThat(commands.broken()).hasSize(5);
        assertThat(commands.broken().get(0)).contains("no.such.Command");
        assertThat(commands.broken().get(1)).contains(HERE + "Failing", "no such luck");
        assertThat(commands.broken().get(2)).contains(HERE + "Lacking", "no/such/Thing");
        assertThat(commands.broken().get(3)).contains("-a");
        assertThat(commands.broken().get(4)).contains("ClassFormatError");
    }

    @Test
    void shouldSayWhatIsLeftOutInOneLineEach() throws IOException {
        CommandLine limner = new CommandLine(new Limner()).setErr(new PrintWriter(err, true));

        installed("no.such.Command", HERE + "Whole").addTo(limner);

        assertThat(limner.getSubcommands()).containsKeys("whole", "submit");
        assertThat(err.toString().lines()).singleElement().asString().startsWith("limner: a command cannot be loaded");
    }

    @Test
    void shouldEndWhereTheListItselfCannotBeRead() throws IOException {
        InstalledCommands commands = installed("this is no name");

        assertThat(commands.broken()).isNotEmpty();
    }

    @Test
    void shouldSayThatTheTestKitIsNotBuilt() {
        System.setProperty("limner.home", folder.toString());
        for (String command : List.of("bench", "chaos")) {
            assertThat(complaint(command))
                    .isEqualTo(
                            "limner: limner " + command
                                    + " is a command of the test kit, which is not built: there is no testkit/target/limner-testkit.jar");
        }
        assertThat(complaint("bench", "pipeline", "--help")).contains("which is not built");
        assertThat(complaint("chaos", "--brokers", "3")).contains("which is not built");
    }

    @Test
    void shouldSayThatTheTestKitIsDamaged() throws IOException {
        System.setProperty("limner.home", folder.toString());
        Files.createFile(
                Files.createDirectories(folder.resolve("testkit/target")).resolve("limner-testkit.jar"));

        assertThat(complaint("bench", "--help"))
                .isEqualTo("limner: limner bench is a command of the test kit, which cannot be loaded from"
                        + " testkit/target/limner-testkit.jar: delete that file, and limner builds it anew");
    }

    @Test
    void shouldNotListWhatIsNotThere() {
        assertThat(Limner.commandLine().getUsageMessage()).contains("submit").doesNotContain("chaos");
    }

    private String complaint(String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(Limner.commandLine().setErr(new PrintWriter(err, true)).execute(arguments))
                .isEqualTo(2);
        return err.toString().strip();
    }

    private InstalledCommands installed(String... listed) throws IOException {
        Path jar = Files.createDirectories(folder.resolve("jar"));
        Path services = Files.createDirectories(jar.resolve("META-INF/services"));
        Files.write(services.resolve(LimnerCommand.class.getName()), List.of(listed));
        Files.write(Files.createDirectories(jar.resolve("cut")).resolve("Short.class"), new byte[] {1, 2, 3});
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, LimnerCommand.class.getClassLoader())) {
            return InstalledCommands.of(loader);
        }
    }
}
