package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.training.canary.RollbackSimulation;
import dev.limner.training.canary.RollbackSimulation.Crowd;
import dev.limner.training.canary.RollbackSimulation.Drift;
import dev.limner.training.canary.RollbackSimulation.Outcome;
import dev.limner.training.canary.RollbackSimulation.World;
import dev.limner.training.canary.SequentialDesign;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How often the comparison of two releases is wrong. */
@Command(
        name = "rollback",
        description = {
            "Measure on made-up opinions and jobs how often a good release is rolled back, and how soon a bad one is. No fleet"
                    + " is started."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:every error rate is as stated",
            "1:something failed, an error rate is above what is stated, or dislikes that rise from 20 to 40 %% are found"
                    + " too rarely",
            "2:misuse"
        })
final class RollbackCommand implements Callable<Integer> {
    private static final double LEAST_POWER = 0.8;
    private static final int RATERS = 200;
    private static final double SHARE = 0.05;
    private static final int STATUSES = 300;

    @Option(
            names = "--histories",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Made-up histories of each kind. Default: ${DEFAULT-VALUE}")
    int histories;

    @Mixin
    SimulationOptions options = new SimulationOptions();

    private final ObjectNode report = new ObjectMapper().createObjectNode();
    private boolean kept = true;

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = options.terminal();
        report.put("histories", histories).put("seed", options.seed);
        falseAlarms(terminal);
        power(terminal);
        jobs(terminal);
        return options.end(report, kept);
    }

    private void falseAlarms(PrintWriter terminal) {
        terminal.printf(
                Locale.ROOT,
                "No change, 20 %% dislikes: found worse, of %d histories each; stated: at most %.3f%n",
                histories,
                SequentialDesign.OF_OPINIONS.falseAlarm());
        ArrayNode rows = report.putArray("falseAlarms");
        for (double share : new double[] {SHARE, 0.5}) {
            for (Drift drift : Drift.values()) {
                for (Crowd crowd : Crowd.values()) {
                    World world = new World(drift, crowd, share, 0.2, 0.2, RATERS);
                    Outcome outcome = RollbackSimulation.opinions(world, histories, options.seed);
                    keep(within(outcome.rate(), SequentialDesign.OF_OPINIONS.falseAlarm()));
                    row(terminal, rows, world, outcome);
                }
            }
        }
    }

    private void power(PrintWriter terminal) {
        terminal.printf(
                Locale.ROOT, "Dislikes rise from 20 %%: found worse; stated: at least %.1f for 40 %%%n", LEAST_POWER);
        ArrayNode rows = report.putArray("power");
        for (double dislikes : new double[] {0.3, 0.4, 0.6}) {
            for (int raters : new int[] {50, 100, RATERS}) {
                for (double share : new double[] {SHARE, 0.5}) {
                    World world = new World(Drift.NONE, Crowd.CASUAL, share, 0.2, dislikes, raters);
                    Outcome outcome = RollbackSimulation.opinions(world, histories, options.seed);
                    keep(dislikes != 0.4 || raters < RATERS || outcome.rate() >= LEAST_POWER);
                    row(terminal, rows, world, outcome);
                }
            }
        }
        for (Drift drift : Drift.values()) {
            World world = new World(drift, Crowd.REGULAR, SHARE, 0.2, 0.4, RATERS);
            row(terminal, rows, world, RollbackSimulation.opinions(world, histories, options.seed));
        }
    }

    private static void row(PrintWriter terminal, ArrayNode rows, World world, Outcome outcome) {
        terminal.printf(
                Locale.ROOT,
                "  share %.2f  %-8s %-9s  %.2f  up to %3d raters in each arm: %.4f  (not worse %.4f, raters %.1f)%n",
                world.share(),
                world.drift(),
                world.crowd(),
                world.tried(),
                world.raters(),
                outcome.rate(),
                (double) outcome.notWorse() / outcome.histories(),
                outcome.counted());
        rows.addObject()
                .put("share", world.share())
                .put("drift", world.drift().name())
                .put("crowd", world.crowd().name())
                .put("dislikes", world.tried())
                .put("raters", world.raters())
                .put("worse", outcome.rate())
                .put("notWorse", (double) outcome.notWorse() / outcome.histories())
                .put("counted", outcome.counted());
    }

    private void jobs(PrintWriter terminal) {
        terminal.printf(
                Locale.ROOT,
                "Jobs, 1 %% fail, over %d statuses of 100 jobs: found worse; stated: at most %.3f without a change%n",
                STATUSES,
                SequentialDesign.OF_JOBS.falseAlarm());
        ArrayNode rows = report.putArray("jobs");
        for (double fails : new double[] {0.01, 0.03, 0.1}) {
            for (Drift drift : Drift.values()) {
                Outcome outcome = RollbackSimulation.jobs(drift, SHARE, fails, STATUSES, histories, options.seed);
                keep(fails > 0.01 || within(outcome.rate(), SequentialDesign.OF_JOBS.falseAlarm()));
                terminal.printf(
                        Locale.ROOT,
                        "  share %.2f  %-8s %.2f: %.4f  after %.0f statuses%n",
                        SHARE,
                        drift,
                        fails,
                        outcome.rate(),
                        outcome.counted());
                rows.addObject()
                        .put("drift", drift.name())
                        .put("fails", fails)
                        .put("worse", outcome.rate())
                        .put("statuses", outcome.counted());
            }
        }
    }

    private void keep(boolean holds) {
        kept &= holds;
    }

    /** Three standard deviations of so many histories are let to chance. */
    private boolean within(double rate, double stated) {
        return rate <= stated + 3 * Math.sqrt(stated * (1 - stated) / histories);
    }
}
