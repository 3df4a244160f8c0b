package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.testkit.chaos.cluster.TestCluster;
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
            all.add(new Fault("kill-" + point, (cluster, random) -> atPoint(cluster, random, "crash-" + point)));
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
    private static Fault.Effect atPoint(TestCluster cluster, Random random, String order) throws InterruptedException {
        int first = random.nextInt(cluster.workers().count());
        for (int i = 0; i < cluster.workers().count(); i++) {
            int index = (first + i) % cluster.workers().count();
            String name = cluster.workers().nameOf(index);
            ServiceProcess victim = cluster.workers().process(index);
            cluster.orders().give(name, order, "");
            boolean dead = cluster.await(CRASH_WITHIN, () -> !victim.alive());
            boolean busy = cluster.busy();
            cluster.orders().takeBack(name, order);
            if (dead && cluster.orders().hit(name, order)) {
                return Fault.Effect.now(true, busy);
            }
        }
        return Fault.Effect.now(false, cluster.busy());
    }

    private static Fault.Effect worker(TestCluster cluster, Random random) throws InterruptedException {
        Thread.sleep(random.nextInt(500));
        ServiceProcess victim =
                cluster.workers().process(random.nextInt(cluster.workers().count()));
        boolean busy = cluster.busy();
        boolean alive = victim.alive();
        victim.kill();
        return Fault.Effect.now(alive && !victim.alive(), busy);
    }

    /** A worker that has finished jobs while older ones of the same partition are still on its device. */
    static Fault.Effect overtaken(TestCluster cluster, Random random) throws InterruptedException {
        long deadline = System.nanoTime() + CRASH_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            for (TopicPartition partition : cluster.offsets().overtaken()) {
                int owner = cluster.workers().index(cluster.cluster().ownerOf(partition));
                if (owner < 0 || !cluster.offsets().overtaken().contains(partition)) {
                    continue;
                }
                boolean busy = cluster.busy();
                cluster.workers().process(owner).kill();
                int looks = cluster.offsets().looks();
                cluster.await(CRASH_WITHIN, () -> cluster.offsets().looks() > looks + 1);
                if (cluster.offsets().overtaken().contains(partition)) {
                    return Fault.Effect.now(true, busy);
                }
            }
            Thread.sleep(20);
        }
        return Fault.Effect.now(false, cluster.busy());
    }

    private static Fault.Effect broker(TestCluster cluster, Random random) throws InterruptedException {
        int index = random.nextInt(cluster.brokers().count());
        boolean busy = cluster.busy();
        cluster.brokers().kill(index);
        Thread.sleep(500 + random.nextInt(1500));
        cluster.brokers().restart(index);
        cluster.brokers().awaitAll();
        return Fault.Effect.now(true, busy);
    }

    /** Every worker in turn, politely. */
    private static Fault.Effect rollingRestart(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        for (int i = 0; i < cluster.workers().count(); i++) {
            cluster.workers().restart(i, Map.of());
        }
        return Fault.Effect.now(true, busy);
    }
}
