package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.TestCluster;
import dev.limner.testkit.fault.KitSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Trouble about who owns what. */
final class GroupFaults {
    private static final Duration EVICTED_WITHIN = Duration.ofSeconds(25);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);
    private static final Duration STORM = Duration.ofSeconds(9);
    private static final Duration LOOK = Duration.ofSeconds(12);
    private static final int LEAST_RIDES = 2;

    private GroupFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("zombie", GroupFaults::zombie),
                new Fault("storm-consumer", (cluster, random) -> storm(cluster, "consumer")),
                new Fault("storm-classic", (cluster, random) -> storm(cluster, "classic")),
                new Fault("storm-classic-eager", (cluster, random) -> storm(cluster, "classic-eager")),
                new Fault("partition-added", GroupFaults::partitionAdded),
                new Fault("mixed-ledgers", GroupFaults::mixedLedgers),
                new Fault("clock-skew", GroupFaults::clockSkew));
    }

    /** Stopped until the group has given up on it, then woken in the middle of whatever it was doing. */
    private static Fault.Effect zombie(TestCluster cluster, Random random) throws InterruptedException {
        int index = random.nextInt(cluster.workers().count());
        String name = cluster.workers().nameOf(index);
        ServiceProcess victim = cluster.workers().process(index);
        boolean busy = cluster.busy();
        victim.signal("STOP");
        long deadline = System.nanoTime() + EVICTED_WITHIN.toNanos();
        List<String> members = cluster.cluster().members();
        while ((members.isEmpty() || members.contains(name)) && System.nanoTime() < deadline) {
            Thread.sleep(100);
            members = cluster.cluster().members();
        }
        boolean evicted = !members.isEmpty() && !members.contains(name);
        long awaken = System.nanoTime();
        victim.signal("CONT");
        // Until it is a member again, every result of its would be one of a worker that owns nothing.
        long outside = awaken;
        deadline = awaken + BACK_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            long asked = System.nanoTime();
            members = cluster.cluster().members();
            if (members.contains(name)) {
                break;
            }
            if (!members.isEmpty()) {
                outside = asked;
            }
            Thread.sleep(20);
        }
        long published = evicted ? cluster.checker().resultsOf(name, awaken, outside) : 0;
        if (published > 0) {
            cluster.violations().add("the evicted " + name + " published " + published + " results");
        }
        return new Fault.Effect(evicted, busy, awaken);
    }

    private static Fault.Effect storm(TestCluster cluster, String protocol) throws InterruptedException {
        boolean other = !protocol.equals("consumer");
        if (other) {
            cluster.workers().restartAll(Map.of("limner.worker.group-protocol", protocol));
        }
        boolean busy = cluster.busy();
        int rides = cluster.storm(protocol, STORM, LEAST_RIDES);
        if (other) {
            cluster.workers().restartAll(Map.of());
        }
        return Fault.Effect.now(rides >= LEAST_RIDES, busy);
    }

    private static Fault.Effect partitionAdded(TestCluster cluster, Random random) throws InterruptedException {
        Topics.Lane lane = random.nextBoolean() ? Topics.Lane.STANDARD : Topics.Lane.BULK;
        boolean busy = cluster.busy();
        int number = cluster.cluster().addPartition(lane);
        long added = System.nanoTime();
        boolean used = cluster.await(
                LOOK.plus(LOOK),
                () -> cluster.checker().answered(cluster.topics().jobs(lane), number));
        return new Fault.Effect(used, busy, added);
    }

    /**
     * A worker that writes no ledgers, or those of the next version, between two that write today's, and dies. Workers of an
     * earlier release need not know the next version.
     */
    private static Fault.Effect mixedLedgers(TestCluster cluster, Random random) throws InterruptedException {
        int index = random.nextInt(cluster.workers().count());
        int version = cluster.previous() == null && random.nextBoolean() ? 2 : 0;
        cluster.workers().restart(index, Map.of("limner.worker.ledger-version", String.valueOf(version)));
        boolean mixed = cluster.await(LOOK, () -> cluster.offsets().versions().containsAll(List.of(version, 1)));
        Thread.sleep(1500);
        boolean busy = cluster.busy();
        ServiceProcess old = cluster.workers().process(index);
        cluster.workers().forgetSettings(index);
        old.kill();
        return Fault.Effect.now(mixed, busy);
    }

    private static Fault.Effect clockSkew(TestCluster cluster, Random random) throws InterruptedException {
        int index = random.nextInt(cluster.workers().count());
        String name = cluster.workers().nameOf(index);
        String skew = random.nextBoolean() ? "PT1H" : "PT-1H";
        cluster.workers()
                .restart(index, Map.of(KitSettings.property(KitSettings.WORKER, KitSettings.CLOCK_SKEW), skew));
        boolean seen = cluster.await(LOOK, () -> cluster.checker().skewed(name));
        boolean busy = cluster.busy();
        cluster.workers().restart(index, Map.of());
        return Fault.Effect.now(seen, busy);
    }
}
