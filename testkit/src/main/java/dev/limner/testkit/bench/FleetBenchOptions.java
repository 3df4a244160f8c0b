package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the benches that measure workers have in common: settings of theirs, and figures for programs. */
final class FleetBenchOptions {
    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting of the workers.")
    Map<String, String> extra = Map.of();

    @Option(names = "--json", description = "End with one JSON object.")
    boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Prints a line for people. */
    void say(String format, Object... values) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }

    /** Prints the figures if they are wanted. */
    void end(ObjectNode figures) {
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(figures);
            out.flush();
        }
    }
}
