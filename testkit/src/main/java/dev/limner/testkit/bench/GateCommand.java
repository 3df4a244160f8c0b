package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.training.gate.ErrorBudget;
import dev.limner.training.gate.GateSimulation;
import dev.limner.training.gate.GateSimulation.Candidate;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How often the gate is wrong. */
@Command(
        name = "gate",
        description = {
            "Measure on made-up scores how often a lineage (a model and all that was tuned from it) ever releases a model that"
                    + " is no better than its parent, and how often the gate lets pass what is better or does harm. No"
                    + " model generates anything."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:every error rate is as stated",
            "1:something failed, or an error rate is above what is stated",
            "2:misuse"
        })
final class GateCommand implements Callable<Integer> {
    private static final int ROUNDS = 20;

    @Option(names = "--lineages", paramLabel = "N", description = "Lineages of each kind. Default: ${DEFAULT-VALUE}")
    int lines = 5000;

    /** What earlier releases called it. */
    @Option(names = "--lines", hidden = true)
    void lines(int number) {
        lines = number;
    }

    @Mixin
    SimulationOptions options = new SimulationOptions();

    private final ObjectNode report = new ObjectMapper().createObjectNode();
    private boolean kept = true;

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = options.terminal();
        report.put("lines", lines).put("seed", options.seed);
        lines(terminal);
        rounds(terminal);
        return options.end(report, kept);
    }

    private void lines(PrintWriter terminal) {
        terminal.printf(
                Locale.ROOT,
                "%d lineages of %d rounds that ever release what is no better; stated: at most %.2f%n",
                lines,
                ROUNDS,
                ErrorBudget.OF_LINE);
        ArrayNode rows = report.putArray("falseReleases");
        for (int every : new int[] {0, 3, 2}) {
            GateSimulation.Lines found =
                    GateSimulation.lines(lines, ROUNDS, every == 0 ? 0 : 0.65, Math.max(1, every), options.seed);
            kept &= found.rate()
                    <= ErrorBudget.OF_LINE + 3 * Math.sqrt(ErrorBudget.OF_LINE * (1 - ErrorBudget.OF_LINE) / lines);
            String what = every == 0 ? "nothing is ever better" : "one round in " + every + " is better";
            terminal.printf(Locale.ROOT, "  %-24s %.4f  (right releases %.2f)%n", what, found.rate(), found.releases());
            rows.addObject()
                    .put("betterEvery", every)
                    .put("wrong", found.rate())
                    .put("right", found.releases());
        }
    }

    private void rounds(PrintWriter terminal) {
        terminal.println("Rounds that pass, of two contests and 26 metrics");
        ArrayNode rows = report.putArray("rounds");
        for (double wins : new double[] {0.5, 0.55, 0.6, 0.65}) {
            for (ErrorBudget budget :
                    List.of(ErrorBudget.FIRST, new ErrorBudget(0, 5), new ErrorBudget(3, 0), new ErrorBudget(9, 0))) {
                row(terminal, rows, new Candidate(List.of(wins, 0.5), 1, 0), budget);
            }
        }
        for (double further : new double[] {1.05, 1.1, 1.2}) {
            row(terminal, rows, new Candidate(List.of(0.65, 0.5), further, 0), ErrorBudget.FIRST);
        }
        for (double forgotten : new double[] {0.1, 0.2, 0.4}) {
            row(terminal, rows, new Candidate(List.of(0.65, 0.5), 1, forgotten), ErrorBudget.FIRST);
        }
        for (double lost : new double[] {0.45, 0.4, 0.35}) {
            row(terminal, rows, new Candidate(List.of(0.65, lost), 1, 0), ErrorBudget.FIRST);
        }
    }

    private void row(PrintWriter terminal, ArrayNode rows, Candidate candidate, ErrorBudget budget) {
        double passed = GateSimulation.passes(candidate, budget, lines, options.seed);
        terminal.printf(
                Locale.ROOT,
                "  wins %s, %.2f times as far, one class %.1f less; release %d, attempt %d: %.4f%n",
                candidate.wins(),
                candidate.further(),
                candidate.forgotten(),
                budget.releases() + 1,
                budget.attempts() + 1,
                passed);
        ObjectNode row = rows.addObject();
        candidate.wins().forEach(row.putArray("wins")::add);
        row.put("further", candidate.further())
                .put("forgotten", candidate.forgotten())
                .put("release", budget.releases() + 1)
                .put("attempt", budget.attempts() + 1)
                .put("passed", passed);
    }
}
