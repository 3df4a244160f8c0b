package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Disks under the store that are full or slow. */
final class DiskFaults {
    private DiskFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("disk-full", (cluster, random) -> order(cluster, random, "disk-full", "", 3000)),
                new Fault("disk-slow", (cluster, random) -> order(cluster, random, "disk-slow", "", 4000)));
    }

    /** An order to every worker for a while. */
    static Fault.Effect order(TestCluster cluster, Random random, String order, String text, int millis)
            throws InterruptedException {
        for (int i = 0; i < cluster.workers().count(); i++) {
            cluster.orders().give(cluster.workers().nameOf(i), order, text);
        }
        boolean hit = cluster.await(Duration.ofSeconds(8), () -> anyHit(cluster, order));
        boolean busy = cluster.busy();
        Thread.sleep(millis / 2 + random.nextInt(millis));
        for (int i = 0; i < cluster.workers().count(); i++) {
            cluster.orders().takeBack(cluster.workers().nameOf(i), order);
        }
        return Fault.Effect.now(hit, busy);
    }

    private static boolean anyHit(TestCluster cluster, String order) {
        for (int i = 0; i < cluster.workers().count(); i++) {
            if (cluster.orders().hit(cluster.workers().nameOf(i), order)) {
                return true;
            }
        }
        return false;
    }
}
