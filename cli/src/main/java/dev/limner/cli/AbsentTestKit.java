package dev.limner.cli;

import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stands in for a command of the test kit where there is none, and says so whatever is asked of it. */
@Command(hidden = true, description = "Part of the test kit, which is not here.")
final class AbsentTestKit implements Runnable {
    static final List<String> COMMANDS = List.of("bench", "chaos");

    private static final String JAR = "testkit/target/limner-testkit.jar";

    @Parameters(hidden = true)
    List<String> arguments = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** Takes whatever the command itself might. */
    static CommandLine standIn() {
        return new CommandLine(new AbsentTestKit()).setUnmatchedOptionsArePositionalParams(true);
    }

    @Override
    public void run() {
        Path jar = ProjectLayout.find().root().resolve(JAR);
        throw new UsageException(spec.qualifiedName() + " is a command of the test kit, "
                + (Files.exists(jar)
                        ? "which cannot be loaded from " + JAR + ": delete that file, and limner builds it anew"
                        : "which is not built: there is no " + JAR));
    }
}
