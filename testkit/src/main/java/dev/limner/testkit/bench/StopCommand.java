package dev.limner.testkit.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.broker.FreePorts;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.Folders;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limner bench stop}. */
@Command(
        name = "stop",
        description = {
            "Measure how long a worker takes from SIGTERM to the end of its process, in three situations: with a backlog, with a"
                    + " backlog and a broker that is there and says nothing (SIGSTOP), and with a backlog and a broker that"
                    + " was killed. Shown against limner.worker.stop-within."
        },
        mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
    /** Far beyond any {@code stop-within} that is measured. */
    private static final int PATIENCE_SECONDS = 120;

    private static final int BACKLOG = 400;

    /** What a worker is stopped in. */
    enum Situation {
        BACKLOG,
        BROKER_SILENT,
        BROKER_KILLED
    }

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Workers stopped in each situation. Default: ${DEFAULT-VALUE}")
    int runs;

    @Option(
            names = "--situations",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "backlog,broker_silent,broker_killed",
            description = "backlog, broker_silent or broker_killed. Default: all")
    List<Situation> situations = List.of();

    @Option(
            names = "--generator",
            paramLabel = "constant|model",
            defaultValue = "constant",
            description = "What generates: constant, 50 ms per batch, or model. Default: ${DEFAULT-VALUE}")
    String generator = "constant";

    @Option(
            names = "--silence",
            paramLabel = "S",
            defaultValue = "0",
            description = "Seconds between the broker's end and SIGTERM. Default: ${DEFAULT-VALUE}")
    int silenceSeconds;

    @Mixin
    FleetBenchOptions options = new FleetBenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (runs < 1 || silenceSeconds < 0) {
            throw new UsageException(
                    "--runs is " + runs + ", must be at least 1; --silence is " + silenceSeconds + ", at least 0");
        }
        ProjectLayout home = ProjectLayout.find();
        BenchJobs captions = BenchJobs.of(home);
        FolderClaims.keep(folder(home), "limner bench stop");
        ObjectNode figures = new ObjectMapper().createObjectNode();
        for (Situation situation : situations) {
            double[] millis = new double[runs];
            Map<Integer, Integer> codes = new TreeMap<>();
            for (int run = 0; run < runs; run++) {
                Ended ended = once(home, captions, situation, run);
                millis[run] = ended.millis();
                codes.merge(ended.exitCode(), 1, Integer::sum);
            }
            LatencyPercentiles took = LatencyPercentiles.of(millis);
            String name = situation.name().toLowerCase(Locale.ROOT).replace('_', '-');
            options.say(
                    "%-14s %d runs: p50 %.1f s, worst %.1f s; exit codes %s",
                    name, runs, took.p50() / 1e3, took.worst() / 1e3, codes);
            ObjectNode one = figures.putObject(name);
            one.put("runs", runs).put("p50Millis", took.p50()).put("worstMillis", took.worst());
            codes.forEach((code, count) -> one.withObject("exitCodes").put(String.valueOf(code), count));
            for (double each : millis) {
                one.withArray("millis").add(Math.round(each));
            }
        }
        options.end(figures);
        return 0;
    }

    private static Path folder(ProjectLayout home) {
        return home.state().resolve("bench-stop");
    }

    private record Ended(double millis, int exitCode) {}

    private Ended once(ProjectLayout home, BenchJobs captions, Situation situation, int run)
            throws InterruptedException {
        Path folder = folder(home);
        clear(folder);
        try (BrokerProcess broker = BrokerProcess.start(home, folder.resolve("broker"), FreePorts.next());
                LocalFleet fleet = LocalFleet.on(broker.bootstrap(), Topics.DEFAULT)) {
            Map<String, String> settings = new HashMap<>(Map.of("limner.worker.generator", generator));
            if (generator.equals("constant")) {
                settings.put("limner.worker.constant-delay", "50ms");
            }
            settings.putAll(options.extra);
            fleet.startWorkers(home, 1, folder.resolve("store"), home.state().resolve("logs"), 0, settings);
            ServiceProcess worker = fleet.workers().get(0);
            try (JobBacklog backlog = new JobBacklog(fleet.bootstrap(), Topics.DEFAULT)) {
                backlog.send(captions.distinct("stop-" + situation + "-" + run, BACKLOG, ImageFormat.PNG));
            }
            while (worker.metric("limner_images_total") < 1) {
                Thread.sleep(20);
            }
            switch (situation) {
                case BACKLOG -> {
                    // The broker stays.
                }
                case BROKER_SILENT -> broker.signal("STOP");
                case BROKER_KILLED -> broker.kill();
            }
            TimeUnit.SECONDS.sleep(situation == Situation.BACKLOG ? 0 : silenceSeconds);
            long start = System.nanoTime();
            worker.signal("TERM");
            int code = worker.ended()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join()
                    .exitValue();
            return new Ended((System.nanoTime() - start) / 1e6, code);
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new IllegalStateException("the worker has not ended within " + PATIENCE_SECONDS + " s", e);
            }
            throw e;
        } finally {
            clear(folder);
        }
    }

    /** Without the lock by which this command has claimed the folder. */
    private static void clear(Path folder) {
        Folders.delete(folder.resolve("broker"));
        Folders.delete(folder.resolve("store"));
    }
}
