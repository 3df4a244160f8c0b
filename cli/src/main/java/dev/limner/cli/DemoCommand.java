package dev.limner.cli;

import dev.limner.broker.OpenFiles;
import dev.limner.cli.terminal.Progress;
import dev.limner.cli.terminal.UserFile;
import dev.limner.client.FleetClient;
import dev.limner.launcher.DiskSpace;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Job;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FolderLock;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner demo}: the whole way of a job on this machine. */
@Command(
        name = "demo",
        description = {
            "Start an embedded Kafka broker and a worker, send captions through Kafka, and show what came back:"
                    + " a gallery and a summary."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:every job was completed", "1:something failed", "2:misuse", "3:some jobs were not completed"
        })
public final class DemoCommand implements Callable<Integer>, LimnerCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "200",
            description =
                    "Jobs to send; captions repeat, with other seeds, when there are fewer. Default: ${DEFAULT-VALUE}")
    int jobs;

    @Option(
            names = "--captions",
            paramLabel = "FILE",
            description = "Captions, one per line. Default: data/captions-demo.txt")
    @Nullable
    Path captions;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the gallery goes. Default: .limner/demo")
    @Nullable
    Path out;

    @Option(names = "--json", description = "End with one JSON object: the figures for scripts.")
    boolean json;

    @Option(names = "--keep", description = "Leave broker and worker running until Ctrl-C.")
    boolean keep;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (jobs < 1) {
            throw new UsageException("--jobs is " + jobs + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        PrintWriter terminal = spec.commandLine().getOut();
        Path folder = (out == null ? home.state().resolve("demo") : out).toAbsolutePath();
        List<Job> wanted = jobs(captions == null ? home.demoCaptions() : captions);
        try (FolderLock lock = FolderClaims.fleet(folder, "limner demo", "give another --out", terminal);
                LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT)) {
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
            fleet.recordIn(lock);
            OpenFiles.complaint().ifPresent(few -> spec.commandLine().getErr().println("limner: " + few));
            terminal.println("broker on " + fleet.bootstrap() + ", starting a worker");
            terminal.flush();
            return fleet.during(() -> show(home, fleet, folder, wanted));
        }
    }

    private int show(ProjectLayout home, LocalFleet fleet, Path folder, List<Job> wanted) throws InterruptedException {
        PrintWriter terminal = spec.commandLine().getOut();
        fleet.startWorkers(home, 1, folder.resolve("store"), folder.resolve("logs"), 0, Map.of());
        FleetClient client = new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
        ResultCollector tally;
        try (FleetClient.Reader reader = client.results(false);
                Progress progress = Progress.of("jobs", wanted.size())) {
            tally = new ResultCollector(wanted);
            client.send(wanted, Topics.Lane.STANDARD);
            tally.await(reader, progress, PATIENCE);
        }
        Path page = ResultGallery.write(tally, folder);
        tally.complaints().forEach(terminal::println);
        terminal.printf(
                Locale.ROOT,
                "%d jobs, %d completed, %d images in %.2f s: %.0f images/s%n",
                wanted.size(),
                tally.count("completed"),
                tally.images(),
                tally.seconds(),
                tally.imagesPerSecond());
        terminal.println("worker's peak RSS: " + fleet.workers().get(0).peakRssMiB() + " MiB");
        terminal.println("gallery: " + page);
        if (keep) {
            terminal.println("broker on " + fleet.bootstrap() + ", worker on "
                    + fleet.workers().get(0).http() + "; Ctrl-C stops both");
        }
        if (json) {
            terminal.println(tally.json());
        }
        terminal.flush();
        if (keep) {
            Thread.currentThread().join();
        }
        if (!tally.allCompleted() && DiskSpace.full(folder)) {
            throw new IllegalStateException(DiskSpace.line(folder));
        }
        return tally.allCompleted() ? 0 : 3;
    }

    private List<Job> jobs(Path file) {
        List<JobOptions.Written> lines = JobOptions.Written.file(UserFile.bytes(file), UserFile.name(file));
        if (lines.isEmpty()) {
            throw new UsageException("the captions " + file + " are empty");
        }
        PrintWriter err = spec.commandLine().getErr();
        JobOptions.unread(lines).forEach(line -> err.println("limner: " + line));
        List<JobOptions.Written> wanted = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            wanted.add(lines.get(i % lines.size()));
        }
        return new JobOptions().jobs(wanted, "demo-" + Long.toString(System.currentTimeMillis(), 36), null);
    }
}
