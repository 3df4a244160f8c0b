package dev.limner.cli;

import dev.limner.cli.terminal.HelpText;
import dev.limner.cli.terminal.SafePrintWriter;
import dev.limner.cli.terminal.StandardOutput;
import dev.limner.cli.terminal.Terminal;
import dev.limner.cli.terminal.UsageErrorHandler;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.LogFile;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.process.NoSpace;
import dev.limner.protocol.text.JsonReasons;
import dev.limner.protocol.text.NativeEncoding;
import dev.limner.protocol.text.PrintableText;
import dev.limner.protocol.text.TextException;
import dev.limner.protocol.text.TextFile;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code limner} command. Exit codes are those that its help lists. */
@Command(
        name = "limner",
        description = "A Kafka-driven fleet that turns captions into images.",
        mixinStandardHelpOptions = true,
        versionProvider = Limner.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeList = {
            "0:done",
            "1:something failed",
            "2:misuse",
            "3:done, but some jobs were not completed; the commands that end so say when",
            "130, 143:stopped by Ctrl-C or SIGTERM",
            "141:nobody reads the output any more"
        },
        footer = {
            "",
            "limner test [--containers] builds everything and runs every test.",
            "LIMNER_STATE moves what running services leave behind from .limner; LIMNER_DEBUG=1 shows stack traces.",
            "LIMNER_WORKER_JVM holds further flags for the workers' JVMs, LIMNER_CLI_JVM for this one's."
        })
public final class Limner implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "limner needs a command");
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Limner.class.getPackage().getImplementationVersion();
            return new String[] {"limner " + (version == null ? "(unpackaged)" : version)};
        }
    }

    public static void main(String[] arguments) {
        LogFile.toFile(ProjectLayout.find().state());
        if (arguments.length > 0) {
            System.setProperty(LocalFleet.COMMAND, arguments[0]);
        }
        // Digits and decimal points are the same for every reader of this output.
        Locale.setDefault(Locale.ROOT);
        CommandLine limner = commandLine();
        if (!NativeEncoding.isUtf8() && Arrays.stream(arguments).anyMatch(TextFile::hasLostCharacters)) {
            limner.getErr().println("limner: " + NativeEncoding.complaint().orElse(""));
            limner.getErr().flush();
            System.exit(limner.getCommandSpec().exitCodeOnInvalidInput());
        }
        int code = limner.execute(arguments);
        limner.getOut().flush();
        System.exit(StandardOutput.exitCode(code));
    }

    /** The command as {@link #main} runs it: a user's mistake is one line on standard error, never a stack trace. */
    public static CommandLine commandLine() {
        CommandLine limner = new CommandLine(new Limner());
        InstalledCommands.of(Limner.class.getClassLoader()).addTo(limner);
        limner.addSubcommand(new AutoComplete.GenerateCompletion()).addSubcommand(new CommandLine.HelpCommand());
        // Settings of the whole reach those commands only that are there when they are made.
        return HelpText.in(limner)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        Terminal.current().colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setExecutionStrategy(parsed -> {
                    Integer helped = CommandLine.executeHelpRequest(parsed);
                    if (helped != null) {
                        return helped;
                    }
                    // Help is our own and may have colours; what commands print may be anybody's.
                    PrintWriter out = limner.getOut();
                    PrintWriter err = limner.getErr();
                    limner.setOut(safe(out));
                    limner.setErr(safe(err));
                    try {
                        return new CommandLine.RunLast().execute(parsed);
                    } catch (CommandLine.ParameterException e) {
                        // Help follows what is said of it.
                        limner.setOut(out);
                        limner.setErr(err);
                        throw e;
                    }
                })
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    PrintWriter err = command.getErr() instanceof SafePrintWriter safe ? safe.raw() : command.getErr();
                    err.println(command.getColorScheme().errorText("limner: " + PrintableText.whole(explain(failure))));
                    if (System.getenv("LIMNER_DEBUG") != null) {
                        failure.printStackTrace(err);
                    }
                    return failure instanceof UsageException || failure instanceof TextException
                            ? command.getCommandSpec().exitCodeOnInvalidInput()
                            : command.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    private static PrintWriter safe(PrintWriter writer) {
        return writer instanceof SafePrintWriter ? writer : new SafePrintWriter(writer);
    }

    /** What a user is told of a failure, in one line. */
    static String explain(Exception failure) {
        String message = failure.getMessage();
        String text =
                message == null || message.isBlank() ? failure.getClass().getSimpleName() : JsonReasons.clean(message);
        Throwable cause = failure.getCause();
        if (NoSpace.causes(failure)
                && !(failure instanceof IllegalStateException && text.contains("no space left in"))) {
            return (text.contains(NoSpace.REASON) ? text : text + ": " + NoSpace.REASON)
                    + "; free some, then run the same command again";
        }
        return failure instanceof UncheckedIOException
                        && cause != null
                        && !text.contains(cause.getClass().getSimpleName())
                ? text + ": " + reason(cause)
                : text;
    }

    /** Exceptions of files often say nothing but the file, which was named already. */
    private static @Nullable String reason(Throwable cause) {
        return switch (cause) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            case NotDirectoryException file -> "it is not a folder";
            default -> JsonReasons.clean(String.valueOf(cause.getMessage()));
        };
    }
}
