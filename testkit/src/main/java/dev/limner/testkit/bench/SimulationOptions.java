package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the benches that simulate have in common: where chance begins, and what becomes of the figures. */
final class SimulationOptions {
    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "Of what is made up. Default: ${DEFAULT-VALUE}")
    long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures as well.")
    @Nullable
    Path json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    PrintWriter terminal() {
        return spec.commandLine().getOut();
    }

    /**
     * Writes the figures if they are wanted, and says whether they are as stated.
     *
     * @return the command's exit code
     */
    int end(ObjectNode figures, boolean kept) throws IOException {
        if (json != null) {
            Files.writeString(json, figures.toPrettyString());
        }
        terminal().println(kept ? "every rate is as stated" : "not every rate is as stated");
        return kept ? 0 : 1;
    }
}
