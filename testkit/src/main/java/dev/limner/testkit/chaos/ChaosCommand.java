package dev.limner.testkit.chaos;

import dev.limner.cli.LimnerCommand;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.BrokerNodes;
import dev.limner.testkit.chaos.cluster.TestCluster;
import dev.limner.testkit.chaos.fault.Fault;
import dev.limner.testkit.chaos.fault.FaultCatalog;
import dev.limner.testkit.chaos.trainer.TrainerKillsCommand;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner chaos}. */
@Command(
        name = "chaos",
        description = {
            "Break a fleet in every way there is while jobs are in flight, and check that every job still gets exactly one"
                    + " result and every image is what its result says.",
            "Brokers, workers and load are real processes; the checker reads topics, offsets and files as anybody could, and"
                    + " shares no code with the workers. The order of the faults follows from the seed.",
            "With --sabotage the workers have seeded bugs, one at a time, and the command succeeds if the checker notices each."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:no violation, or with --sabotage every seeded bug was noticed",
            "1:something failed, there was a violation, or a seeded bug was not noticed",
            "2:misuse"
        },
        subcommands = {TrainerKillsCommand.class})
public final class ChaosCommand implements Callable<Integer>, LimnerCommand {
    private static final int WORKERS = 3;

    /** What earlier releases called kinds of faults, and their names now. */
    private static final Map<String, String> FORMER_KINDS =
            Map.of("jobs-topic-remade", "jobs-topic-recreated", "letters-topic-remade", "dead-letters-recreated");

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "20000",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int jobs;

    @Option(
            names = "--faults",
            paramLabel = "N",
            defaultValue = "42",
            description = "How many strikes; each is of one of the kinds that --list names. Default: ${DEFAULT-VALUE}")
    int faults;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the faults and their order. Default: a new one, printed.")
    @Nullable
    Long seed;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "60",
            description = "Strike no longer than this. Default: ${DEFAULT-VALUE}")
    int minutes;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FAULT",
            description = "Only faults of these kinds; --list names them.")
    List<String> only = List.of();

    @Option(
            names = "--brokers",
            paramLabel = "1|3",
            defaultValue = "1",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int brokers;

    @Option(
            names = "--previous",
            paramLabel = "DIR",
            description =
                    "A built checkout of an earlier release: its workers are the first, and are replaced one by one,"
                            + " back and forth. To make one: git worktree add DIR REVISION && DIR/limner --version")
    @Nullable
    Path previous;

    @Option(
            names = "--sabotage",
            split = ",",
            paramLabel = "BUG",
            description = "Seeded bugs for the workers, one after the other, or all; --list names them.")
    List<String> sabotage = List.of();

    @Option(
            names = "--generator",
            paramLabel = "constant|model",
            defaultValue = "constant",
            description =
                    "constant spells each job's digests in colours; model generates, and samples are generated again."
                            + " Default: ${DEFAULT-VALUE}")
    String generator = "constant";

    @Option(
            names = "--list",
            description = "Name the kinds of faults and the seeded bugs there are, and start nothing.")
    boolean list;

    @Option(names = "--json", description = "End with one JSON object.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            FaultCatalog.all().forEach(fault -> out.println(fault.kind()));
            SeededBugSuite.names().forEach(bug -> out.println("--sabotage " + bug));
            return 0;
        }
        check();
        ProjectLayout home = ProjectLayout.find();
        long chosen = seed == null ? new Random().nextInt(1_000_000) : seed;
        Path folder = home.state().resolve("chaos");
        FolderClaims.empty(folder, "limner chaos");
        try (BrokerNodes nodes = BrokerNodes.start(home, folder, brokers)) {
            return sabotage.isEmpty()
                    ? faults(out, home, folder, nodes, chosen)
                    : seededBugs(out, home, folder, nodes, chosen);
        }
    }

    private int seededBugs(PrintWriter out, ProjectLayout home, Path folder, BrokerNodes nodes, long chosen)
            throws InterruptedException {
        List<String> wanted = sabotage.equals(List.of("all")) ? SeededBugSuite.names() : sabotage;
        out.println("seed " + chosen + ": " + CountedNoun.of(wanted.size(), "seeded bug"));
        out.flush();
        Map<String, String> caught =
                new SeededBugSuite(home, folder, nodes, jobs, chosen, Duration.ofMinutes(minutes)).run(wanted, out);
        if (json) {
            out.println(SeededBugSuite.json(chosen, caught));
        }
        out.flush();
        return caught.containsValue("") ? 1 : 0;
    }

    private int faults(PrintWriter out, ProjectLayout home, Path folder, BrokerNodes nodes, long chosen)
            throws InterruptedException {
        List<Fault> plan = plan(chosen);
        out.println("seed " + chosen + ": " + jobs + " jobs, " + CountedNoun.of(plan.size(), "fault") + ", "
                + CountedNoun.of(brokers, "broker") + ", " + WORKERS + " workers"
                + (previous == null ? "" : ", first those of " + previous));
        out.flush();
        TestCluster.Setup setup = new TestCluster.Setup(
                home,
                folder,
                Topics.DEFAULT,
                WORKERS,
                jobs,
                chosen,
                "",
                generator.equals("model"),
                previous == null ? null : new ProjectLayout(previous.toAbsolutePath()));
        try (TestCluster cluster = TestCluster.start(setup, nodes)) {
            ChaosRun run = new ChaosRun(
                    cluster, chosen, Duration.ofMinutes(minutes), false, struck -> tell(out, cluster, struck));
            ChaosReport report = new ChaosReport(cluster, run.run(plan));
            report.lines().forEach(out::println);
            if (json) {
                out.println(report.json(chosen, brokers, run.seconds()));
            }
            out.flush();
            return report.clean() ? 0 : 1;
        }
    }

    private void check() {
        if (jobs < 1 || faults < 0 || minutes < 1) {
            throw new UsageException("--jobs is " + jobs + ", --faults is " + faults + ", --minutes is " + minutes
                    + "; at least 1, 0 and 1");
        }
        if (brokers != 1 && brokers != 3) {
            throw new UsageException("--brokers is " + brokers + ", must be 1 or 3");
        }
        // Earlier releases called it null.
        if (!List.of("constant", "model", "null").contains(generator)) {
            throw new UsageException("--generator is '" + generator + "', must be constant or model");
        }
        for (String bug : sabotage) {
            if (!bug.equals("all") && !SeededBugSuite.names().contains(bug)) {
                throw new UsageException(
                        "--sabotage is '" + bug + "', must be all or one of " + SeededBugSuite.names());
            }
        }
        if (previous != null && !Files.isRegularFile(new ProjectLayout(previous.toAbsolutePath()).workerJar())) {
            throw new UsageException("--previous is " + previous
                    + ", in which no worker was built: run ./limner --version" + " there once");
        }
    }

    private List<Fault> plan(long chosen) {
        try {
            return FaultPlan.of(current(only), faults, chosen, brokers, previous != null);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--only: " + e.getMessage());
        }
    }

    /** Kinds of faults by the names that they have now. */
    static List<String> current(List<String> kinds) {
        return kinds.stream().map(kind -> FORMER_KINDS.getOrDefault(kind, kind)).toList();
    }

    private static void tell(PrintWriter out, TestCluster cluster, ChaosRun.Struck struck) {
        var account = cluster.checker().account();
        out.println(String.format(
                Locale.ROOT,
                "%3d %-20s %-9s recovered in %4.1f s   %d jobs, %d answered, %d violations",
                struck.number(),
                struck.kind(),
                struck.counts() ? "seen" : "not seen",
                struck.recoverySeconds(),
                account.jobs(),
                account.answered(),
                cluster.violations().count()));
        // At once: the processes that did it still run, and their logs are short.
        struck.violations().forEach(violation -> out.println("    " + violation));
        out.flush();
    }
}
