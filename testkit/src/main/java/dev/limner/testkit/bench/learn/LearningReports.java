package dev.limner.testkit.bench.learn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.launcher.UsageException;
import dev.limner.training.evaluate.metric.Estimate;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What the benchmarks of learning have in common: they run other commands, and say what rounds and figures were. */
final class LearningReports {
    private LearningReports() {}

    /** A figure with its interval. */
    static void put(ObjectNode node, String name, Estimate estimate) {
        node.putObject(name)
                .put("value", estimate.value())
                .put("low", estimate.low())
                .put("high", estimate.high());
    }

    /** What a trainer says of its rounds. */
    static void print(JsonNode rounds, PrintWriter terminal) {
        rounds.forEach(round -> {
            terminal.println("round " + round.path("id").asText() + " "
                    + round.path("state").asText());
            round.path("notes").forEach(note -> terminal.println("  " + note.asText()));
        });
    }

    /**
     * Runs a command of the command line with the output of another, and fails as it does: what it throws is thrown here, for
     * whoever runs the benchmark to be told once.
     *
     * @param command its class
     * @throws UsageException if it takes no such arguments
     * @throws IllegalStateException if it does not end with exit code 0
     */
    static void execute(CommandSpec as, Class<?> command, String... arguments) {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        int code = new CommandLine(command)
                .setOut(as.commandLine().getOut())
                .setErr(as.commandLine().getErr())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((misuse, given) -> {
                    failure.set(new UsageException(String.valueOf(misuse.getMessage()), misuse));
                    return 2;
                })
                .setExecutionExceptionHandler((thrown, ran, parsed) -> {
                    failure.set(
                            thrown instanceof RuntimeException unchecked
                                    ? unchecked
                                    : new IllegalStateException(String.valueOf(thrown.getMessage()), thrown));
                    return 1;
                })
                .execute(arguments);
        RuntimeException thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
        if (code != 0) {
            throw new IllegalStateException(command.getSimpleName() + " ended with exit code " + code);
        }
    }
}
