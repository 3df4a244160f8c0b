package dev.limner.cli;

import dev.limner.protocol.text.PrintableText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import picocli.CommandLine;

/**
 * The commands that {@link ServiceLoader} finds. One that cannot be loaded, as from a jar that is damaged or of another build,
 * costs no other: it is left out, and said to be.
 *
 * @param found in the order in which help lists them
 * @param broken why others are left out, in a line each
 */
record InstalledCommands(List<CommandLine> found, List<String> broken) {
    /** Far above what can be listed: a loader that goes on failing is asked no more. */
    private static final int MOST_FAILURES = 100;

    InstalledCommands {
        found = List.copyOf(found);
        broken = List.copyOf(broken);
    }

    static InstalledCommands of(ClassLoader loader) {
        List<CommandLine> found = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Iterator<LimnerCommand> commands =
                ServiceLoader.load(LimnerCommand.class, loader).iterator();
        while (broken.size() < MOST_FAILURES) {
            try {
                if (!commands.hasNext()) {
                    break;
                }
                // Which looks at all that a command is made of, so that one that misses a class is found here.
                found.add(new CommandLine(commands.next()));
            } catch (ServiceConfigurationError | LinkageError | CommandLine.InitializationException e) {
                broken.add(reason(e));
            }
        }
        return new InstalledCommands(found, broken);
    }

    /** Adds those that were found, and stand-ins for those of a test kit that was not. */
    void addTo(CommandLine limner) {
        PrintWriter err = limner.getErr();
        broken.forEach(line ->
                err.println("limner: a command cannot be loaded and is left out: " + PrintableText.whole(line)));
        err.flush();
        found.forEach(limner::addSubcommand);
        for (String name : AbsentTestKit.COMMANDS) {
            if (!limner.getSubcommands().containsKey(name)) {
                limner.addSubcommand(name, AbsentTestKit.standIn());
            }
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        String text = failure instanceof LinkageError
                ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
                : String.valueOf(failure.getMessage());
        return cause == null || text.contains(String.valueOf(cause.getMessage())) ? text : text + " (" + cause + ")";
    }
}
