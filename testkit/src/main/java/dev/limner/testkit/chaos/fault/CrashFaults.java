package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.testkit.chaos.arena.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;

/** Processes that end without a word. */
final class CrashFaults {
    private static final Duration CRASH_WITHIN = Duration.ofSeconds(8);

    private CrashFaults() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        for (String point : List.of("after-image", "after-store", "after-send", "mid-commit", "unforced")) {
            all.add(new Fault("kill-" + point, (arena, random) -> atPoint(arena, random, "crash-" + point)));
        }
        all.add(new Fault("kill-worker", CrashFaults::worker));
        all.add(new Fault("kill-overtaken", CrashFaults::overtaken));
        all.add(new Fault("kill-broker", CrashFaults::broker));
        all.add(new Fault("rolling-restart", CrashFaults::rollingRestart));
        return all;
    }

    /**
     * A worker ends itself where it was told to, as a SIGKILL would end it. One that has no partitions just now never gets
     * there; then it is another's turn.
     */
    private static Fault.Effect atPoint(TestCluster arena, Random random, String order) throws InterruptedException {
        int first = random.nextInt(arena.workers().count());
        for (int i = 0; i < arena.workers().count(); i++) {
            int index = (first + i) % arena.workers().count();
            String name = arena.workers().nameOf(index);
            ServiceProcess victim = arena.workers().process(index);
            arena.orders().give(name, order, "");
            boolean dead = arena.await(CRASH_WITHIN, () -> !victim.alive());
            boolean busy = arena.busy();
            arena.orders().takeBack(name, order);
            if (dead && arena.orders().hit(name, order)) {
                return Fault.Effect.now(true, busy);
            }
        }
        return Fault.Effect.now(false, arena.busy());
    }

    private static Fault.Effect worker(TestCluster arena, Random random) throws InterruptedException {
        Thread.sleep(random.nextInt(500));
        ServiceProcess victim =
                arena.workers().process(random.nextInt(arena.workers().count()));
        boolean busy = arena.busy();
        boolean alive = victim.alive();
        victim.kill();
        return Fault.Effect.now(alive && !victim.alive(), busy);
    }

    /** A worker that has finished jobs while older ones of the same partition are still on its device. */
    static Fault.Effect overtaken(TestCluster arena, Random random) throws InterruptedException {
        long deadline = System.nanoTime() + CRASH_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            for (TopicPartition partition : arena.offsets().overtaken()) {
                int owner = arena.workers().index(arena.cluster().ownerOf(partition));
                if (owner < 0 || !arena.offsets().overtaken().contains(partition)) {
                    continue;
                }
                boolean busy = arena.busy();
                arena.workers().process(owner).kill();
                int looks = arena.offsets().looks();
                arena.await(CRASH_WITHIN, () -> arena.offsets().looks() > looks + 1);
                if (arena.offsets().overtaken().contains(partition)) {
                    return Fault.Effect.now(true, busy);
                }
            }
            Thread.sleep(20);
        }
        return Fault.Effect.now(false, arena.busy());
    }

    private static Fault.Effect broker(TestCluster arena, Random random) throws InterruptedException {
        int index = random.nextInt(arena.brokers().count());
        boolean busy = arena.busy();
        arena.brokers().kill(index);
        Thread.sleep(500 + random.nextInt(1500));
        arena.brokers().restart(index);
        arena.brokers().awaitAll();
        return Fault.Effect.now(true, busy);
    }

    /** Every worker in turn, politely. */
    private static Fault.Effect rollingRestart(TestCluster arena, Random random) throws InterruptedException {
        boolean busy = arena.busy();
        for (int i = 0; i < arena.workers().count(); i++) {
            arena.workers().restart(i, Map.of());
        }
        return Fault.Effect.now(true, busy);
    }
}
