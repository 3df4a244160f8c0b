package dev.limner.testkit.bench.swap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.TorchThreads;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.Folders;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Releases into workers at full load. */
@Command(
        name = "swap",
        description = {
            "Measure what swapping models costs: announce release after release to two workers at full load, after a stretch"
                    + " without any.",
            "Count what is lost or answered twice, compare what generated each image with what was announced, and generate a"
                    + " sample again offline."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "0:nothing lost, nothing twice, every image right",
            "1:something failed or was wrong",
            "2:misuse"
        })
public final class SwapCommand implements Callable<Integer> {
    private static final double WARM_UP = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SAMPLE_EVERY = 40;

    @Option(
            names = "--releases",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int releases;

    @Option(
            names = "--every",
            defaultValue = "4",
            paramLabel = "SECONDS",
            description = "From one release to the next. Default: ${DEFAULT-VALUE}")
    double every;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int workers;

    @Option(
            names = "--made",
            paramLabel = "DIR",
            description = "Folder of bundles that a trainer made, as 'bench learn' leaves them in models/default.")
    @Nullable
    Path made;

    @Option(names = "--json", description = "Print the figures as JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (releases < 1) {
            throw new UsageException("--releases is " + releases + ", must be at least 1");
        }
        ProjectLayout home = ProjectLayout.find();
        TorchThreads.set(1);
        Path folder = home.state().resolve("swap");
        FolderClaims.empty(folder, "limner bench swap");
        FileBundleStore store = new FileBundleStore(folder.resolve("models"));
        ModelBundle first = ModelBundle.read(home.defaultModel());
        List<ModelBundle> trainers = made == null
                ? List.of()
                : ReleaseLine.below(made).stream()
                        .filter(bundle -> bundle.manifest().parent() != null)
                        .toList();
        List<ModelRecord.Release> line = ReleaseLine.of(first, trainers, releases, store, folder.resolve("making"));
        ObjectNode figures = new ObjectMapper().createObjectNode();
        figures.put("releases", releases).put("madeByTrainer", Math.min(releases, trainers.size()));
        SwapLoad load;
        try (LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT)) {
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
            ModelTopic topic = new ModelTopic(fleet.bootstrap(), Topics.DEFAULT.models(), "limner/bench");
            String name = first.manifest().name();
            topic.update(name, before -> Optional.of(ModelRecord.first(name, line.get(0), "the first", Instant.now())));
            fleet.startWorkers(
                    home,
                    workers,
                    folder.resolve("store"),
                    folder.resolve("logs"),
                    0,
                    Map.of(
                            "limner.worker.models.store",
                            folder.resolve("models").toString()));
            load = new SwapLoad(new FleetClient(fleet.bootstrap(), Topics.DEFAULT), home);
            try (load) {
                run(topic, name, line, load, figures);
            }
        }
        check(home, store, first, line, load, figures);
        Folders.delete(folder.resolve("store"));
        print(figures);
        boolean clean = figures.path("lost").asLong() == 0
                && figures.path("duplicated").asLong() == 0
                && figures.path("undrawn").asLong() == 0
                && figures.path("strangers").asLong() == 0
                && figures.path("redrawnDifferent").asLong() == 0
                && figures.path("modelsThatDrew").asInt() == line.size();
        return clean ? 0 : 1;
    }

    private void run(ModelTopic topic, String name, List<ModelRecord.Release> line, SwapLoad load, ObjectNode figures)
            throws InterruptedException {
        double stretch = every * releases;
        SwapTally tally = load.tally();
        try (Progress progress = Progress.of("swapping (releases)", releases)) {
            load.drive(WARM_UP);
            tally.restartPauses();
            int before = tally.size();
            load.drive(stretch);
            figures.put("imagesPerSecondWithout", rounded((tally.size() - before) / stretch));
            figures.put("longestPauseWithoutMs", rounded(tally.longestPause()));
            figures.put("longestPauseOfAWorkerWithoutMs", rounded(tally.longestOfAWorker()));
            tally.restartPauses();
            before = tally.size();
            long start = System.nanoTime();
            for (int i = 1; i <= releases; i++) {
                ModelRecord.Release next = line.get(i);
                int number = i;
                // Not on this thread: the load must not wait for the announcement.
                Thread announcing = Thread.ofVirtual()
                        .start(() -> topic.update(
                                name,
                                last -> last.map(record -> record.withLive(next, "release " + number, Instant.now()))));
                load.drive(every);
                announcing.join();
                progress.to(i, tally.size() + " results");
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            figures.put("imagesPerSecondDuring", rounded((tally.size() - before) / seconds));
            figures.put("longestPauseDuringMs", rounded(tally.longestPause()));
            figures.put("longestPauseOfAWorkerDuringMs", rounded(tally.longestOfAWorker()));
            load.finish(PATIENCE);
        }
    }

    private static void check(
            ProjectLayout home,
            FileBundleStore store,
            ModelBundle first,
            List<ModelRecord.Release> line,
            SwapLoad load,
            ObjectNode figures) {
        Set<String> digests = line.stream().map(ModelRecord.Release::digest).collect(Collectors.toSet());
        figures.put("jobs", load.sent().size());
        figures.put("lost", load.tally().lost(load.sent()));
        figures.put("duplicated", load.tally().duplicates());
        figures.put("undrawn", load.tally().undrawn());
        figures.put("strangers", load.tally().mismatched(digests));
        figures.put("modelsThatDrew", load.tally().models());
        try (TextEncoder encoder = new CachingTextEncoder(
                PretrainedEncoder.of(first.manifest().requireTextEncoder()).load(home.cache(), 1), 10_000)) {
            SwapTally.Redrawn again = load.tally()
                    .redraw(load.sent(), SAMPLE_EVERY, store, first.manifest().name(), encoder);
            figures.put("redrawn", again.images());
            figures.put("redrawnModels", again.models());
            figures.put("redrawnDifferent", again.different());
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private void print(ObjectNode figures) {
        PrintWriter terminal = spec.commandLine().getOut();
        if (json) {
            terminal.println(figures);
            return;
        }
        figures.properties()
                .forEach(entry -> terminal.println(String.format(
                        Locale.ROOT,
                        "%-34s %s",
                        entry.getKey(),
                        entry.getValue().asText())));
    }
}
