package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Devices that fail, and jobs that make them. */
final class DeviceFaults {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /** Three deaths, each noticed when a session times out. */
    private static final Duration CONDEMNED_WITHIN = Duration.ofMinutes(2);

    private static final int DEATHS = 3;

    private DeviceFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault(
                        "device-fails",
                        (cluster, random) -> DiskFaults.order(cluster, random, "device-fails", "", 3000)),
                new Fault(
                        "device-memory",
                        (cluster, random) -> DiskFaults.order(cluster, random, "device-memory", "4", 2000)),
                new Fault("poisonous-job", DeviceFaults::poison),
                new Fault("halting-job", DeviceFaults::halt));
    }

    private static Fault.Effect poison(TestCluster cluster, Random random) throws InterruptedException {
        String id = cluster.bursts().poisoned();
        boolean busy = cluster.busy();
        boolean found = cluster.await(
                ANSWER_WITHIN, () -> cluster.checker().statusOf(id).equals("failed"));
        return Fault.Effect.now(found, busy);
    }

    private static Fault.Effect halt(TestCluster cluster, Random random) throws InterruptedException {
        int before = cluster.workers().deaths();
        String id = cluster.bursts().halting();
        boolean found = cluster.await(
                CONDEMNED_WITHIN, () -> cluster.checker().statusOf(id).equals("failed"));
        return Fault.Effect.now(found && cluster.workers().deaths() - before >= DEATHS, true);
    }
}
