package dev.limner.cli;

import dev.limner.broker.OpenFiles;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.cli.terminal.SafePrintWriter;
import dev.limner.cli.terminal.Terminal;
import dev.limner.client.FleetClient;
import dev.limner.client.FleetRecord;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.launcher.DiskSpace;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.PortChecks;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.protocol.process.FolderLock;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner up}: a fleet on this machine, in the foreground. */
@Command(
        name = "up",
        description = {
            "Run a broker and workers until Ctrl-C, which stops them cleanly. Images go to .limner/store, the broker's"
                    + " data to .limner/broker, logs to .limner/logs."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "1:the fleet could not start or a part of it ended; one line says which and why",
            "2:misuse",
            "130, 143:stopped by Ctrl-C or SIGTERM"
        })
public final class UpCommand implements Callable<Integer>, LimnerCommand {
    private static final String NAME = "limner up";
    private static final String ELSEWHERE = "set LIMNER_STATE to another folder";
    private static final Duration POLL = Duration.ofMillis(500);
    /** A worker that has said nothing for so long is not counted any more. */
    private static final Duration SILENT = Duration.ofSeconds(10);

    private static final long LINE_EVERY_NANOS = 5_000_000_000L;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many workers. Default: ${DEFAULT-VALUE}")
    int workers;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + ClusterOptions.DEFAULT_PORT,
            description = "The embedded broker's port; 0 for any free one. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description =
                    "Health and metrics of the first worker, the others follow; 0 for any free ones. Default: ${DEFAULT-VALUE}")
    int httpPort;

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            description = "Use these brokers instead of an embedded one.")
    @Nullable
    String bootstrap;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            defaultValue = "limner",
            description = "What the topics' names start with. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    String prefix;

    @Option(names = "--durable", description = "Force every record to disk: survives a loss of power, and is slower.")
    boolean durable;

    @Option(names = "--model", paramLabel = "DIR", description = "Bundle to serve. Default: models/default")
    @Nullable
    Path model;

    @Option(names = "--store", paramLabel = "DIR", description = "Folder of the images. Default: .limner/store")
    @Nullable
    Path store;

    @Option(
            names = "--trainer",
            description = "Start a trainer too: it learns from the feedback topic and releases better models.")
    boolean trainer;

    @Option(
            names = "--trainer-port",
            paramLabel = "PORT",
            defaultValue = "8090",
            description = "The trainer's interface; 0 for any free port. Default: ${DEFAULT-VALUE}")
    int trainerPort;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting of the worker or the trainer, as in --set limner.worker.batch.max-size=16.")
    Map<String, String> extra = new LinkedHashMap<>();

    /** What the command itself has to know: one that goes past it would have it lock and show another place. */
    private static final Map<String, String> OWN_OPTIONS = Map.of(
            "bootstrap", "--bootstrap",
            "topic-prefix", "--topic-prefix",
            "store.path", "--store",
            "store", "--store");

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    @SuppressWarnings("try")
    public Integer call() throws Exception {
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        if (workers < 1) {
            throw new UsageException("--workers is " + workers + ", must be at least 1");
        }
        Topics topics = new Topics(prefix);
        Path images = store == null ? home.state().resolve("store") : store;
        if (bootstrap != null) {
            ClusterOptions.checked(bootstrap);
        }
        if (model != null && !Files.isRegularFile(model.resolve("manifest.json"))) {
            throw new UsageException("--model is " + model + ", which is no bundle: it has no manifest.json");
        }
        if (model != null) {
            extra.put("limner.worker.model", model.toAbsolutePath().toString());
        }
        Map<String, String> ofWorkers = settings("limner.worker.");
        Map<String, String> ofTrainer = settings("limner.trainer.");
        if (model != null) {
            ofTrainer.put("limner.trainer.model", model.toAbsolutePath().toString());
        }
        List<PortChecks.Wanted> ports = ports();
        try (FolderLock state = FolderClaims.fleet(home.state(), NAME, ELSEWHERE, terminal);
                FolderLock shared = FolderClaims.shared(images, NAME, "give another --store")) {
            PortChecks.require(ports);
            return run(home, topics, images, ofWorkers, ofTrainer, state);
        }
    }

    private int run(
            ProjectLayout home,
            Topics topics,
            Path images,
            Map<String, String> ofWorkers,
            Map<String, String> ofTrainer,
            FolderLock state)
            throws Exception {
        PrintWriter terminal = spec.commandLine().getOut();
        try (LocalFleet fleet = bootstrap == null
                ? LocalFleet.embedded(home.state().resolve("broker"), port, durable, topics)
                : LocalFleet.on(bootstrap, topics)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(fleet, terminal)));
            fleet.recordIn(state);
            if (bootstrap == null) {
                OpenFiles.complaint()
                        .ifPresent(few -> spec.commandLine().getErr().println("limner: " + few));
            }
            terminal.println("broker on " + fleet.bootstrap() + ", starting " + CountedNoun.of(workers, "worker")
                    + (trainer ? " and a trainer" : ""));
            terminal.flush();
            Path logs = home.state().resolve("logs");
            return fleet.during(() -> {
                fleet.startWorkers(home, workers, images, logs, httpPort, ofWorkers);
                if (trainer) {
                    ServiceProcess started = fleet.startTrainer(home, images, logs, trainerPort, ofTrainer);
                    terminal.println("trainer (pid " + started.pid() + ") ready on " + started.http());
                }
                fleet.workers()
                        .forEach(worker -> terminal.println(worker.name() + " (pid " + worker.pid()
                                + ") ready, health and metrics on " + worker.http()));
                if (model != null) {
                    String name = ModelBundle.readManifest(model).name();
                    if (!name.equals(ModelRef.DEFAULT.name())) {
                        terminal.println("the model is '" + name + "': jobs ask for it with --model " + name
                                + ", or \"model\":\"" + name + "\"");
                    }
                }
                terminal.println("jobs: " + String.join(", ", topics.allJobs()) + "; results: " + topics.results()
                        + "; images: " + images + "; Ctrl-C stops");
                terminal.flush();
                return watch(
                        fleet,
                        new FleetClient(fleet.bootstrap(), topics),
                        images,
                        spec.commandLine().getErr());
            });
        }
    }

    /** Ctrl-C comes in the midst of the line that is written anew each time. */
    private static void stop(LocalFleet fleet, PrintWriter terminal) {
        boolean interrupted = !fleet.closed();
        fleet.close();
        if (interrupted && Boolean.getBoolean("limner.terminal")) {
            terminal.println();
            terminal.flush();
        }
    }

    private List<PortChecks.Wanted> ports() {
        List<PortChecks.Wanted> wanted = new ArrayList<>();
        if (bootstrap == null) {
            wanted.add(new PortChecks.Wanted("--port", port, "the broker"));
        }
        for (int i = 1; i <= workers; i++) {
            wanted.add(new PortChecks.Wanted("--http-port", httpPort == 0 ? 0 : httpPort + i - 1, "worker-" + i));
        }
        if (trainer) {
            wanted.add(new PortChecks.Wanted("--trainer-port", trainerPort, "the trainer"));
        }
        return wanted;
    }

    /** Those of one service. */
    private Map<String, String> settings(String prefix) {
        Map<String, String> mine = new LinkedHashMap<>();
        extra.forEach((key, value) -> {
            String option = OWN_OPTIONS.get(key.substring(key.indexOf('.', "limner.".length()) + 1));
            if (option != null) {
                throw new UsageException("--set " + key + " is '" + value + "': use " + option);
            }
            if (key.startsWith(prefix)) {
                mine.put(key, value);
            } else if (!key.startsWith("limner.worker.") && !key.startsWith("limner.trainer.")) {
                throw new UsageException("--set " + key + " must begin with limner.worker. or limner.trainer.");
            }
        });
        return mine;
    }

    /** Progress is for whoever looks on, and goes to standard error. */
    private static int watch(LocalFleet fleet, FleetClient client, Path images, PrintWriter terminal) {
        boolean full = false;
        boolean live = Terminal.current().live();
        Map<String, WorkerStatus> statuses = new LinkedHashMap<>();
        long nextLine = 0;
        try (FleetClient.Reader reader = client.workers()) {
            while (!fleet.closed()) {
                for (FleetRecord record : reader.poll(POLL)) {
                    FleetClient.status(record).ifPresent(status -> statuses.put(status.worker(), status));
                }
                Instant gone = Instant.now().minus(SILENT);
                statuses.values().removeIf(status -> status.at().isBefore(gone));
                boolean wasFull = full;
                full = DiskSpace.full(images);
                if (full && !wasFull) {
                    if (live) {
                        SafePrintWriter.clearLine(terminal);
                    }
                    terminal.println(
                            "no space left in " + images + ": workers wait until there is some; nothing is lost");
                }
                if (live) {
                    SafePrintWriter.clearLine(terminal);
                    terminal.print(line(statuses));
                    terminal.flush();
                } else if (System.nanoTime() > nextLine) {
                    nextLine = System.nanoTime() + LINE_EVERY_NANOS;
                    terminal.println(line(statuses));
                    terminal.flush();
                }
            }
            return 0;
        }
    }

    private static String line(Map<String, WorkerStatus> statuses) {
        long starting = statuses.values().stream()
                .filter(status -> status.state().equals("starting"))
                .count();
        return String.format(
                Locale.ROOT,
                "%s%s  %.1f images/s  %d waiting  %d images done",
                CountedNoun.of(statuses.size(), "worker"),
                starting == 0 ? "" : " (" + starting + " without jobs to take)",
                statuses.values().stream()
                        .mapToDouble(WorkerStatus::imagesPerSecond)
                        .sum(),
                statuses.values().stream().mapToInt(WorkerStatus::waiting).sum(),
                statuses.values().stream().mapToLong(WorkerStatus::imagesDone).sum());
    }
}
