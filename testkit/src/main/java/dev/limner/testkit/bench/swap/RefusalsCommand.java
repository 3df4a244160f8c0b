package dev.limner.testkit.bench.swap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.cli.terminal.Progress;
import dev.limner.client.FleetClient;
import dev.limner.client.registry.ModelTopic;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.device.TorchThreads;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.Folders;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Releases that nobody should run, announced to workers at full load. */
@Command(
        name = "refusals",
        description = {
            "Check that workers refuse bad releases: announce broken, forged and stale ones to two workers at full load that ask"
                    + " for signatures.",
            "Every worker must refuse every one of them with its reason and continue with the good one; a good release"
                    + " at the end must be taken."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {"0:all refused, and the good one taken", "1:something failed or was not refused", "2:misuse"})
public final class RefusalsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double WAIT = 30;
    private static final double WARM_UP = 5;
    private static final int LIVE = 1;
    private static final int LAST = 999;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many. Default: ${DEFAULT-VALUE}")
    int workers;

    @Option(names = "--json", description = "Print the figures as JSON.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    /** What the workers last said of themselves. One thread. */
    private static final class Watch implements AutoCloseable {
        private final FleetClient.Reader reader;
        private final Map<String, WorkerStatus> last = new HashMap<>();

        Watch(FleetClient client) {
            this.reader = client.workers();
        }

        private void read() {
            reader.poll(Duration.ZERO)
                    .forEach(record ->
                            FleetClient.status(record).ifPresent(status -> last.put(status.worker(), status)));
        }

        /** What each worker says of a digest that it refused. */
        List<WorkerStatus.Refusal> refusals(String digest) {
            read();
            return last.values().stream()
                    .flatMap(status -> status.refused().stream()
                            .filter(refusal -> refusal.digest().equals(digest))
                            .limit(1))
                    .toList();
        }

        /** How many workers have this model live. */
        long live(String digest) {
            read();
            return last.values().stream()
                    .filter(status -> status.models().stream()
                            .anyMatch(model -> model.role() == WorkerStatus.Role.LIVE
                                    && model.digest().equals(digest)))
                    .count();
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        ProjectLayout home = ProjectLayout.find();
        TorchThreads.set(1);
        Path folder = home.state().resolve("refusals");
        FolderClaims.empty(folder, "limner bench refusals");
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseKeys.generate(folder.resolve("theirs"));
        PrivateKey key = ReleaseKeys.readPrivate(folder.resolve("ours/release.key"));
        PrivateKey foreign = ReleaseKeys.readPrivate(folder.resolve("theirs/release.key"));
        FileBundleStore store = new FileBundleStore(folder.resolve("models"));
        ModelBundle first = ModelBundle.read(home.defaultModel());
        ModelRecord.Release live = good(first, LIVE, store, key, folder);
        ModelRecord.Release next = good(first, LAST, store, key, folder);
        List<BadReleases.Bad> bad = BadReleases.of(first, store, key, foreign, folder.resolve("making"));
        ObjectNode figures = new ObjectMapper().createObjectNode();
        SwapLoad load;
        try (LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT)) {
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
            ModelTopic topic = new ModelTopic(fleet.bootstrap(), Topics.DEFAULT.models(), "limner/bench");
            String name = first.manifest().name();
            ModelRecord start = ModelRecord.first(name, live, "the good one", Instant.now());
            topic.update(name, before -> Optional.of(ReleaseKeys.sign(key, start)));
            long largest = 4 * first.manifest().weights().bytes();
            fleet.startWorkers(
                    home,
                    workers,
                    folder.resolve("store"),
                    folder.resolve("logs"),
                    0,
                    Map.of(
                            "limner.worker.models.store",
                                    folder.resolve("models").toString(),
                            "limner.worker.models.max-bytes", String.valueOf(largest),
                            "limner.worker.models.public-key",
                                    folder.resolve("ours/release.pub").toString()));
            FleetClient client = new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
            load = new SwapLoad(client, home);
            try (load;
                    Watch watch = new Watch(client);
                    Progress progress = Progress.of("refusing (releases)", bad.size())) {
                load.drive(WARM_UP);
                ArrayNode cases = figures.putArray("releases");
                for (BadReleases.Bad one : bad) {
                    cases.add(announce(topic, key, start, one, load, watch));
                    progress.to(cases.size(), one.what());
                }
                figures.put("strangers", load.tally().mismatched(Set.of(live.digest())));
                topic.update(
                        name,
                        before -> before.map(
                                record -> ReleaseKeys.sign(key, record.withLive(next, "a good one", Instant.now()))));
                figures.put("goodOneTaken", load.drive(WAIT, () -> watch.live(next.digest()) == workers));
                load.finish(PATIENCE);
            }
        }
        figures.put("jobs", load.sent().size());
        figures.put("lost", load.tally().lost(load.sent()));
        figures.put("duplicated", load.tally().duplicates());
        figures.put("undrawn", load.tally().undrawn());
        Folders.delete(folder.resolve("store"));
        return print(figures) ? 0 : 1;
    }

    private static ModelRecord.Release good(
            ModelBundle first, int number, FileBundleStore store, PrivateKey key, Path folder) {
        ModelBundle bundle = ReleaseLine.noisy(
                first, number, number, folder.resolve("making").resolve("good-" + number));
        String digest = bundle.manifest().digest();
        String signature = ReleaseKeys.sign(key, digest);
        return new ModelRecord.Release(
                digest, store.put(bundle.folder(), bundle.manifest(), signature).toString(), signature);
    }

    /** Announces a release and waits until every worker has said what it thinks of it. */
    private ObjectNode announce(
            ModelTopic topic, PrivateKey key, ModelRecord start, BadReleases.Bad bad, SwapLoad load, Watch watch) {
        String digest = bad.release().digest();
        int before = load.tally().size();
        long began = System.nanoTime();
        // Always on top of the good one: a bad one must never count as having been live.
        topic.update(
                start.model(),
                last -> last.map(record -> ReleaseKeys.sign(
                        key,
                        new ModelRecord(
                                start.model(),
                                record.revision() + 1,
                                bad.release(),
                                null,
                                List.of(),
                                bad.what(),
                                Instant.now()))));
        boolean all = load.drive(WAIT, () -> watch.refusals(digest).size() == workers);
        double seconds = (System.nanoTime() - began) / 1e9;
        List<WorkerStatus.Refusal> refusals = watch.refusals(digest);
        ObjectNode figures = new ObjectMapper().createObjectNode();
        figures.put("what", bad.what());
        figures.put("expected", bad.expected().wireName());
        figures.put("refusedAsExpected", all && refusals.stream().allMatch(one -> one.code() == bad.expected()));
        figures.put("seconds", Math.round(seconds * 10) / 10.0);
        figures.put("imagesMeanwhile", load.tally().size() - before);
        ArrayNode said = figures.putArray("said");
        refusals.stream().map(WorkerStatus.Refusal::reason).distinct().forEach(said::add);
        return figures;
    }

    private boolean print(ObjectNode figures) {
        PrintWriter terminal = spec.commandLine().getOut();
        boolean clean = figures.path("goodOneTaken").asBoolean();
        for (String none : List.of("strangers", "lost", "duplicated", "undrawn")) {
            clean &= figures.path(none).asLong() == 0;
        }
        for (var one : figures.path("releases")) {
            clean &= one.path("refusedAsExpected").asBoolean();
        }
        if (json) {
            terminal.println(figures);
            return clean;
        }
        for (var one : figures.path("releases")) {
            terminal.println(String.format(
                    Locale.ROOT,
                    "%-7s %-42s %-22s %6.1f s %6d images meanwhile  %s",
                    one.path("refusedAsExpected").asBoolean() ? "refused" : "WRONG",
                    one.path("what").asText(),
                    one.path("expected").asText(),
                    one.path("seconds").asDouble(),
                    one.path("imagesMeanwhile").asInt(),
                    one.path("said").path(0).asText()));
        }
        figures.properties().stream()
                .filter(entry -> !entry.getKey().equals("releases"))
                .forEach(entry -> terminal.println(String.format(
                        Locale.ROOT,
                        "%-14s %s",
                        entry.getKey(),
                        entry.getValue().asText())));
        return clean;
    }
}
