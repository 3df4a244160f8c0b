package dev.limner.testkit.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.BrokerNodes;
import dev.limner.testkit.chaos.cluster.TestCluster;
import dev.limner.testkit.chaos.fault.Fault;
import dev.limner.testkit.chaos.fault.FaultCatalog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Starts workers with one seeded bug after the other and sees whether the checker notices. Brokers are shared; each bug
 * has topics, workers, load and a checker of its own.
 */
final class SeededBugSuite {
    /** By seeded bug, what must be struck for it to show; nothing where a field of a result or dead letter shows it. */
    private static final Map<String, List<String>> BUGS = new TreeMap<>();

    static {
        BUGS.put("publish-before-store", List.of("kill-worker"));
        BUGS.put("skip-fsync", List.of("kill-worker"));
        BUGS.put("commit-revoked", List.of("storm-consumer", "rolling-restart", "storm-consumer", "zombie"));
        BUGS.put("ignore-ledger", List.of("kill-overtaken", "kill-overtaken", "kill-overtaken", "kill-overtaken"));
        BUGS.put(
                "seek-nothing-after-abort",
                List.of("held-commits", "net-half-open", "storm-consumer", "kill-broker", "zombie"));
        for (String field : List.of(
                "swap-pictures",
                "drop-dead-letters",
                "repeat-dead-letters",
                "cut-dead-letters",
                "truncate-originals",
                "ignore-cancellations",
                "ignore-deadlines",
                "mix-contexts",
                "mix-tenants",
                "drop-groups",
                "drop-warnings",
                "drop-redrives",
                "miscount-attempts",
                "wrong-source",
                "swap-indexes",
                "mix-captions")) {
            BUGS.put(field, List.of());
        }
    }

    private static final int FIELD_JOBS = 240;
    private static final int WORKERS = 3;

    private final ProjectLayout home;
    private final Path folder;
    private final BrokerNodes brokers;
    private final int jobs;
    private final long seed;
    private final Duration longest;

    /** @param jobs of a bug that needs faults; the others need fewer */
    SeededBugSuite(ProjectLayout home, Path folder, BrokerNodes brokers, int jobs, long seed, Duration longest) {
        this.home = home;
        this.folder = folder;
        this.brokers = brokers;
        this.jobs = jobs;
        this.seed = seed;
        this.longest = longest;
    }

    /** The names of all seeded bugs. */
    static List<String> names() {
        return List.copyOf(BUGS.keySet());
    }

    /** Whether each of some bugs was caught, and by what. */
    Map<String, String> run(List<String> bugs, PrintWriter out) throws InterruptedException {
        Map<String, String> caught = new LinkedHashMap<>();
        for (String bug : bugs) {
            long start = System.nanoTime();
            String found = one(bug);
            caught.put(bug, found);
            out.println(String.format(
                    Locale.ROOT,
                    "%-26s %5.1f s  %s",
                    bug,
                    (System.nanoTime() - start) / 1e9,
                    found.isEmpty() ? "NOT CAUGHT" : "caught: " + found));
            out.flush();
        }
        return caught;
    }

    /** The first violation; empty for none. */
    private String one(String bug) throws InterruptedException {
        List<Fault> plan = BUGS.getOrDefault(bug, List.of()).stream()
                .map(FaultCatalog::named)
                .toList();
        TestCluster.Setup setup = new TestCluster.Setup(
                home,
                folder.resolve(bug),
                new Topics(bug),
                plan.isEmpty() ? 1 : WORKERS,
                plan.isEmpty() ? Math.min(FIELD_JOBS, jobs) : jobs,
                seed,
                bug,
                false,
                null);
        try (TestCluster cluster = TestCluster.start(setup, brokers)) {
            new ChaosRun(cluster, seed, longest, true, struck -> {}).run(plan);
            return cluster.violations().told().stream().findFirst().orElse("");
        }
    }

    /** The outcome as one line of JSON. */
    static String json(long seed, Map<String, String> caught) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("seed", seed);
        json.put("caught", caught.values().stream().noneMatch(String::isEmpty));
        ObjectNode each = json.putObject("sabotage");
        caught.forEach(each::put);
        return json.toString();
    }
}
