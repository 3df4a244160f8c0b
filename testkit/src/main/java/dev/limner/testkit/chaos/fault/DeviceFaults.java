package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.arena.TestCluster;
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
                new Fault("device-fails", (arena, random) -> DiskFaults.order(arena, random, "device-fails", "", 3000)),
                new Fault(
                        "device-memory",
                        (arena, random) -> DiskFaults.order(arena, random, "device-memory", "4", 2000)),
                new Fault("poisonous-job", DeviceFaults::poison),
                new Fault("halting-job", DeviceFaults::halt));
    }

    private static Fault.Effect poison(TestCluster arena, Random random) throws InterruptedException {
        String id = arena.bursts().poisoned();
        boolean busy = arena.busy();
        boolean found =
                arena.await(ANSWER_WITHIN, () -> arena.checker().statusOf(id).equals("failed"));
        return Fault.Effect.now(found, busy);
    }

    private static Fault.Effect halt(TestCluster arena, Random random) throws InterruptedException {
        int before = arena.workers().deaths();
        String id = arena.bursts().halting();
        boolean found =
                arena.await(CONDEMNED_WITHIN, () -> arena.checker().statusOf(id).equals("failed"));
        return Fault.Effect.now(found && arena.workers().deaths() - before >= DEATHS, true);
    }
}
