package dev.limner.cli.operate;

import dev.limner.cli.ClusterOptions;
import dev.limner.cli.terminal.CountedNoun;
import dev.limner.client.FleetAdmin;
import dev.limner.client.FleetClient;
import dev.limner.client.StoreReferences;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.UsageException;
import dev.limner.protocol.Topics;
import dev.limner.store.file.FleetMarks.Fleet;
import dev.limner.store.file.StoreFolder;
import dev.limner.training.replay.ReplayReferences;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner store gc}. */
@Command(
        name = "gc",
        description = {
            "Remove objects that nothing refers to and that nobody has touched for longer than the job topics keep their"
                    + " records, plus a day. Kept is what results, dead letters, feedback and the trainer's replay buffer"
                    + " name. Without --apply it only shows how much that is. Safe while workers run."
        },
        mixinStandardHelpOptions = true)
final class StoreGcCommand implements Callable<Integer> {
    private static final String REPLAY = "replay.db";

    @Mixin
    @SuppressWarnings("NullAway.Init")
    ClusterOptions cluster;

    @Option(names = "--store", paramLabel = "DIR", description = "Folder of the images. Default: .limner/store")
    @Nullable
    Path store;

    @Option(names = "--apply", description = "Remove them.")
    boolean apply;

    @Option(
            names = "--also",
            paramLabel = "HOST:PORT/PREFIX",
            description =
                    "Another fleet that keeps images in the folder: Kafka's bootstrap servers and the topic prefix.")
    List<String> also = new ArrayList<>();

    @Option(
            names = "--forget",
            paramLabel = "CLUSTER/PREFIX",
            description = "A fleet that kept images in the folder and is no more; what it referred to may go.")
    List<String> forgotten = new ArrayList<>();

    @Option(
            names = "--claim",
            description =
                    "The folder is this fleet's although it has no mark of it: it is from before stores were marked.")
    boolean claims;

    @Option(
            names = "--trainer-state",
            paramLabel = "DIR",
            description = "Folder of a trainer's replay buffer, one a fleet with feedback. Default: .limner/trainer")
    List<Path> trainers = new ArrayList<>();

    @Option(names = "--no-trainer", description = "No trainer remembers feedback, or none that matters.")
    boolean noTrainer;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        StoreFolder folder = StoreCommand.folder(store);
        List<FleetClient> clients = clients();
        StoreUsers users = new StoreUsers(folder.root(), fleets(clients), forgotten, claims);
        users.requireAll();
        Duration kept = longestRetention(clients);
        if (kept.isNegative()) {
            out.println(
                    "the job topics keep their records for ever, so any job may be generated again: nothing is removed");
            return 0;
        }
        int restored = folder.restore();
        if (restored > 0) {
            out.println(CountedNoun.of(restored, "object") + " of a clearance that did not end: renamed back");
        }
        Instant untouchedSince = Instant.now().minus(kept).minus(Duration.ofDays(1));
        // Listed first: what is referred to from now on is written or touched from now on, or among what is read next.
        StoreFolder.Listing listing = folder.list(untouchedSince);
        Set<String> needed = needed(clients);
        if (apply) {
            users.settle();
        }
        StoreFolder.Sweep sweep = folder.sweep(listing, needed, untouchedSince, apply);
        out.println(String.format(
                Locale.ROOT,
                "%s, %d referred to; %d (%.1f MiB) not referred to and untouched since %s%s",
                CountedNoun.of(sweep.objects(), "object"),
                sweep.referenced(),
                sweep.garbage(),
                sweep.garbageBytes() / 1048576.0,
                untouchedSince,
                apply ? ", removed" : "; --apply removes them"));
        if (sweep.temporary() > 0) {
            out.println(CountedNoun.of(sweep.temporary(), "half written file") + " of workers that are gone"
                    + (apply ? ", removed" : ""));
        }
        out.flush();
        return 0;
    }

    private List<FleetClient> clients() {
        List<FleetClient> clients = new ArrayList<>();
        clients.add(new FleetClient(cluster.bootstrap(), cluster.topics()));
        for (String other : also) {
            int slash = other.lastIndexOf('/');
            if (slash < 1) {
                throw new UsageException("--also is " + other + ", must be HOST:PORT/PREFIX");
            }
            clients.add(new FleetClient(other.substring(0, slash), new Topics(other.substring(slash + 1))));
        }
        return clients;
    }

    private static List<Fleet> fleets(List<FleetClient> clients) throws InterruptedException {
        List<Fleet> fleets = new ArrayList<>();
        for (FleetClient client : clients) {
            try (FleetAdmin admin = client.admin()) {
                fleets.add(new Fleet(admin.clusterId(), client.topics().prefix(), client.bootstrap()));
            }
        }
        return fleets;
    }

    private static Duration longestRetention(List<FleetClient> clients) throws InterruptedException {
        Duration longest = Duration.ZERO;
        for (FleetClient client : clients) {
            try (FleetAdmin admin = client.admin()) {
                Duration kept = admin.retentionOfJobs();
                if (kept.isNegative()) {
                    return kept;
                }
                longest = kept.compareTo(longest) > 0 ? kept : longest;
            }
        }
        return longest;
    }

    private Set<String> needed(List<FleetClient> clients) throws InterruptedException {
        Set<String> needed = new HashSet<>();
        int learning = 0;
        for (FleetClient client : clients) {
            StoreReferences references = StoreReferences.of(client);
            references.all().forEach(needed::add);
            learning += references.feedback() > 0 ? 1 : 0;
        }
        if (noTrainer) {
            return needed;
        }
        List<Path> replays = replays();
        if (replays.size() < learning) {
            throw new UsageException(unread(learning, replays.size()));
        }
        replays.forEach(replay -> needed.addAll(ReplayReferences.of(replay)));
        return needed;
    }

    /** @param learning fleets that have feedback */
    static String unread(int learning, int replays) {
        return CountedNoun.of(learning, "fleet") + (learning == 1 ? " has" : " have") + " feedback, and "
                + CountedNoun.of(replays, "replay buffer") + (replays == 1 ? " was" : " were")
                + " found: a trainer may remember images whose feedback the topic no longer keeps."
                + " Name the folder of its state with --trainer-state DIR, or say --no-trainer";
    }

    private List<Path> replays() {
        if (trainers.isEmpty()) {
            Path usual = ProjectLayout.find().state().resolve("trainer").resolve(REPLAY);
            return Files.isRegularFile(usual) ? List.of(usual) : List.of();
        }
        return trainers.stream().map(folder -> folder.resolve(REPLAY)).toList();
    }
}
