package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.arena.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Disks under the store that are full or slow. */
final class DiskFaults {
    private DiskFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("disk-full", (arena, random) -> order(arena, random, "disk-full", "", 3000)),
                new Fault("disk-slow", (arena, random) -> order(arena, random, "disk-slow", "", 4000)));
    }

    /** An order to every worker for a while. */
    static Fault.Effect order(TestCluster arena, Random random, String order, String text, int millis)
            throws InterruptedException {
        for (int i = 0; i < arena.workers().count(); i++) {
            arena.orders().give(arena.workers().nameOf(i), order, text);
        }
        boolean hit = arena.await(Duration.ofSeconds(8), () -> anyHit(arena, order));
        boolean busy = arena.busy();
        Thread.sleep(millis / 2 + random.nextInt(millis));
        for (int i = 0; i < arena.workers().count(); i++) {
            arena.orders().takeBack(arena.workers().nameOf(i), order);
        }
        return Fault.Effect.now(hit, busy);
    }

    private static boolean anyHit(TestCluster arena, String order) {
        for (int i = 0; i < arena.workers().count(); i++) {
            if (arena.orders().hit(arena.workers().nameOf(i), order)) {
                return true;
            }
        }
        return false;
    }
}
