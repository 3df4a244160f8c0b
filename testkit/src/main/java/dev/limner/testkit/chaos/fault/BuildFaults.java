package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ProjectLayout;
import dev.limner.testkit.chaos.cluster.TestCluster;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Workers of two releases that follow each other, or work side by side. */
public final class BuildFaults {
    /** What a run with an earlier release begins with: its fleet is that release's until then. */
    public static final String UPGRADE = "rolling-upgrade";

    private static final int TOGETHER_MILLIS = 3000;

    private BuildFaults() {}

    static List<Fault> all() {
        return List.of(
                needing(UPGRADE, BuildFaults::upgrade),
                needing("rolling-downgrade", BuildFaults::downgrade),
                needing("mixed-builds", BuildFaults::mixed));
    }

    private static Fault needing(String kind, Fault.Strike strike) {
        return new Fault(kind, Fault.Need.PREVIOUS_BUILD, false, strike);
    }

    private static ProjectLayout previous(TestCluster cluster) {
        return Objects.requireNonNull(cluster.previous(), "no earlier release takes part");
    }

    private static void replaceAll(TestCluster cluster, ProjectLayout build) throws InterruptedException {
        for (int i = 0; i < cluster.workers().count(); i++) {
            cluster.workers().replace(i, build);
            Thread.sleep(TOGETHER_MILLIS / 2);
        }
    }

    /** One by one, from whatever runs to this release. */
    private static Fault.Effect upgrade(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        replaceAll(cluster, cluster.home());
        return Fault.Effect.now(true, busy);
    }

    /** One by one back to the earlier release, which then works alone, and forward again. */
    private static Fault.Effect downgrade(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        replaceAll(cluster, previous(cluster));
        Thread.sleep(TOGETHER_MILLIS);
        replaceAll(cluster, cluster.home());
        return Fault.Effect.now(true, busy);
    }

    /** Both at once, and deaths with work beyond the committed offset, so that each inherits the other's ledgers. */
    private static Fault.Effect mixed(TestCluster cluster, Random random) throws InterruptedException {
        int index = random.nextInt(cluster.workers().count());
        cluster.workers().replace(index, previous(cluster));
        boolean busy = cluster.busy();
        Fault.Effect first = CrashFaults.overtaken(cluster, random);
        Thread.sleep(TOGETHER_MILLIS);
        Fault.Effect second = CrashFaults.overtaken(cluster, random);
        cluster.workers().process(index).awaitReady();
        cluster.workers().replace(index, cluster.home());
        return Fault.Effect.now(first.seen() || second.seen(), busy);
    }
}
