package dev.limner.testkit.chaos.fault;

import dev.limner.launcher.ServiceProcess;
import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.arena.TestCluster;
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
                new Fault("storm-consumer", (arena, random) -> storm(arena, "consumer")),
                new Fault("storm-classic", (arena, random) -> storm(arena, "classic")),
                new Fault("storm-classic-eager", (arena, random) -> storm(arena, "classic-eager")),
                new Fault("partition-added", GroupFaults::partitionAdded),
                new Fault("mixed-ledgers", GroupFaults::mixedLedgers),
                new Fault("clock-skew", GroupFaults::clockSkew));
    }

    /** Stopped until the group has given up on it, then woken in the middle of whatever it was doing. */
    private static Fault.Effect zombie(TestCluster arena, Random random) throws InterruptedException {
        int index = random.nextInt(arena.workers().count());
        String name = arena.workers().nameOf(index);
        ServiceProcess victim = arena.workers().process(index);
        boolean busy = arena.busy();
        victim.signal("STOP");
        long deadline = System.nanoTime() + EVICTED_WITHIN.toNanos();
        List<String> members = arena.cluster().members();
        while ((members.isEmpty() || members.contains(name)) && System.nanoTime() < deadline) {
            Thread.sleep(100);
            members = arena.cluster().members();
        }
        boolean evicted = !members.isEmpty() && !members.contains(name);
        long woken = System.nanoTime();
        victim.signal("CONT");
        // Until it is a member again, every result of its would be one of a worker that owns nothing.
        long outside = woken;
        deadline = woken + BACK_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            long asked = System.nanoTime();
            members = arena.cluster().members();
            if (members.contains(name)) {
                break;
            }
            if (!members.isEmpty()) {
                outside = asked;
            }
            Thread.sleep(20);
        }
        long published = evicted ? arena.checker().resultsOf(name, woken, outside) : 0;
        if (published > 0) {
            arena.violations().add("the evicted " + name + " published " + published + " results");
        }
        return new Fault.Effect(evicted, busy, woken);
    }

    private static Fault.Effect storm(TestCluster arena, String protocol) throws InterruptedException {
        boolean other = !protocol.equals("consumer");
        if (other) {
            arena.workers().restartAll(Map.of("limner.worker.group-protocol", protocol));
        }
        boolean busy = arena.busy();
        int rides = arena.storm(protocol, STORM, LEAST_RIDES);
        if (other) {
            arena.workers().restartAll(Map.of());
        }
        return Fault.Effect.now(rides >= LEAST_RIDES, busy);
    }

    private static Fault.Effect partitionAdded(TestCluster arena, Random random) throws InterruptedException {
        Topics.Lane lane = random.nextBoolean() ? Topics.Lane.STANDARD : Topics.Lane.BULK;
        boolean busy = arena.busy();
        int number = arena.cluster().addPartition(lane);
        long added = System.nanoTime();
        boolean used = arena.await(
                LOOK.plus(LOOK), () -> arena.checker().answered(arena.topics().jobs(lane), number));
        return new Fault.Effect(used, busy, added);
    }

    /**
     * A worker that writes no ledgers, or those of the next version, between two that write today's, and dies. Workers of an
     * earlier release need not know the next version.
     */
    private static Fault.Effect mixedLedgers(TestCluster arena, Random random) throws InterruptedException {
        int index = random.nextInt(arena.workers().count());
        int version = arena.previous() == null && random.nextBoolean() ? 2 : 0;
        arena.workers().restart(index, Map.of("limner.worker.ledger-version", String.valueOf(version)));
        boolean mixed = arena.await(LOOK, () -> arena.offsets().versions().containsAll(List.of(version, 1)));
        Thread.sleep(1500);
        boolean busy = arena.busy();
        ServiceProcess old = arena.workers().process(index);
        arena.workers().forgetSettings(index);
        old.kill();
        return Fault.Effect.now(mixed, busy);
    }

    private static Fault.Effect clockSkew(TestCluster arena, Random random) throws InterruptedException {
        int index = random.nextInt(arena.workers().count());
        String name = arena.workers().nameOf(index);
        String skew = random.nextBoolean() ? "PT1H" : "PT-1H";
        arena.workers().restart(index, Map.of("limner.worker.drill.clock-skew", skew));
        boolean seen = arena.await(LOOK, () -> arena.checker().skewed(name));
        boolean busy = arena.busy();
        arena.workers().restart(index, Map.of());
        return Fault.Effect.now(seen, busy);
    }
}
