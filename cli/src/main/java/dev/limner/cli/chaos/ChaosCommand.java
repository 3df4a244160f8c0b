package dev.limner.cli.chaos;

import dev.limner.cli.chaos.arena.Arena;
import dev.limner.cli.chaos.fault.Fault;
import dev.limner.cli.chaos.fault.Faults;
import dev.limner.cli.chaos.trainer.TrainerKillsCommand;
import dev.limner.cli.fleet.Claims;
import dev.limner.cli.fleet.Home;
import dev.limner.cli.terminal.UsageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
                    + " result and every picture is what its result says.",
            "Brokers, workers and load are real processes; the checker reads topics, offsets and files as anybody could, and"
                    + " shares no code with the workers. The order of the faults follows from the seed.",
            "With --sabotage the workers make a mistake on purpose, and the command succeeds if the checker notices."
        },
        mixinStandardHelpOptions = true,
        subcommands = {TrainerKillsCommand.class})
public final class ChaosCommand implements Callable<Integer> {
    /** What brings each mistake to light. */
    private static final Map<String, List<String>> SABOTAGE = Map.of(
            "publish-before-store", List.of("kill-worker"),
            "skip-fsync", List.of("kill-worker"),
            "commit-revoked", List.of("storm-consumer", "rolling-restart", "storm-consumer", "zombie"),
            "ignore-ledger", List.of("kill-overtaken", "kill-overtaken", "kill-overtaken", "kill-overtaken"),
            "seek-nothing-after-abort",
                    List.of("held-commits", "net-half-open", "storm-consumer", "kill-broker", "zombie"),
            "swap-pictures", List.of("kill-worker"));

    @Option(names = "--jobs", paramLabel = "N", defaultValue = "20000", description = "Default: ${DEFAULT-VALUE}")
    int jobs;

    @Option(names = "--faults", paramLabel = "N", defaultValue = "45", description = "Default: ${DEFAULT-VALUE}")
    int faults;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the faults and their order. Default: a new one, printed.")
    @Nullable
    Long seed;

    @Option(names = "--minutes", paramLabel = "M", defaultValue = "60", description = "Strike no longer than this.")
    int minutes;

    @Option(names = "--only", split = ",", paramLabel = "FAULT", description = "Nothing but these; --list names them.")
    List<String> only = List.of();

    @Option(names = "--brokers", paramLabel = "1|3", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
    int brokers;

    @Option(
            names = "--sabotage",
            paramLabel = "WHAT",
            description = "A mistake for the workers to make; --list names them.")
    @Nullable
    String sabotage;

    @Option(
            names = "--generator",
            paramLabel = "model|null",
            defaultValue = "null",
            description = "null paints each job's digests; model draws, and samples are drawn again. Default: null")
    String generator = "null";

    @Option(names = "--list", description = "Name the faults and mistakes there are.")
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
            Faults.all().forEach(fault -> out.println(fault.kind()));
            SABOTAGE.keySet().stream().sorted().forEach(mistake -> out.println("--sabotage " + mistake));
            return 0;
        }
        check();
        Home home = Home.find();
        long chosen = seed == null ? new Random().nextInt(1_000_000) : seed;
        Path folder = home.state().resolve("chaos");
        Claims.empty(folder, "limner chaos");
        List<Fault> plan = plan(chosen);
        out.println("seed " + chosen + ": " + jobs + " jobs, " + plan.size() + " faults, " + brokers
                + " broker(s), 3 workers" + (sabotage == null ? "" : ", sabotage " + sabotage));
        out.flush();
        boolean model = generator.equals("model");
        String mistake = sabotage == null ? "" : sabotage;
        try (Arena arena = Arena.start(new Arena.Setup(home, folder, brokers, jobs, chosen, mistake, model))) {
            ChaosRun run = new ChaosRun(
                    arena, chosen, Duration.ofMinutes(minutes), sabotage != null, struck -> tell(out, arena, struck));
            ChaosReport report = new ChaosReport(arena, run.run(plan));
            report.lines().forEach(out::println);
            if (json) {
                out.println(report.json(chosen, brokers, mistake, run.seconds()));
            }
            out.flush();
            return report.clean() == (sabotage == null) ? 0 : 1;
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
        if (!generator.equals("model") && !generator.equals("null")) {
            throw new UsageException("--generator is '" + generator + "', must be model or null");
        }
        if (sabotage != null && !SABOTAGE.containsKey(sabotage)) {
            throw new UsageException("--sabotage is '" + sabotage + "', must be one of "
                    + SABOTAGE.keySet().stream().sorted().toList());
        }
    }

    /** Every kind comes once before any comes twice. */
    private List<Fault> plan(long chosen) {
        List<Fault> kinds = new ArrayList<>();
        try {
            if (!only.isEmpty()) {
                only.forEach(kind -> kinds.add(Faults.named(kind)));
            } else if (sabotage != null) {
                SABOTAGE.getOrDefault(sabotage, List.of()).forEach(kind -> kinds.add(Faults.named(kind)));
                return kinds;
            } else {
                kinds.addAll(Faults.all());
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException("--only: " + e.getMessage());
        }
        Random random = new Random(chosen);
        List<Fault> plan = new ArrayList<>();
        while (plan.size() < faults) {
            Collections.shuffle(kinds, random);
            plan.addAll(kinds);
        }
        return plan.subList(0, faults);
    }

    private static void tell(PrintWriter out, Arena arena, ChaosRun.Struck struck) {
        var account = arena.checker().account();
        out.println(String.format(
                Locale.ROOT,
                "%3d %-20s %-9s recovered in %4.1f s   %d jobs, %d answered, %d violations",
                struck.number(),
                struck.kind(),
                struck.counts() ? "seen" : "not seen",
                struck.recoverySeconds(),
                account.jobs(),
                account.answered(),
                arena.violations().count()));
        out.flush();
    }
}
