package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.arena.TestCluster;
import dev.limner.testkit.chaos.arena.TcpProxy.Weather;
import java.util.List;
import java.util.Random;

/** A network between the workers and their brokers that does what networks do. */
final class NetworkFaults {
    private static final int SLOW_MILLIS = 150;
    /** Longer than the workers' producers wait for an answer. */
    private static final int HELD_MILLIS = 4500;
    /** Longer than two attempts to commit. */
    private static final int DOUBT_MILLIS = 23_000;

    private NetworkFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("net-delay", (arena, random) -> weather(arena, random, Weather.SLOW, SLOW_MILLIS, 4000)),
                new Fault("net-cut", (arena, random) -> weather(arena, random, Weather.CUT, 0, 2500)),
                new Fault("net-half-open", (arena, random) -> weather(arena, random, Weather.HALF_OPEN, 0, 4000)),
                new Fault("net-reset", (arena, random) -> weather(arena, random, Weather.RESET, 0, 2500)),
                new Fault(
                        "held-commits",
                        (arena, random) -> weather(arena, random, Weather.HELD_COMMITS, HELD_MILLIS, 6000)),
                new Fault("commits-in-doubt", NetworkFaults::inDoubt));
    }

    /** Answers to commits stay away until the worker has given up on its producer, though the commits have landed. */
    private static Fault.Effect inDoubt(TestCluster arena, Random random) throws InterruptedException {
        String victim = arena.workers().nameOf(random.nextInt(arena.workers().count()));
        long before = arena.brokers().affected();
        boolean busy = arena.busy();
        arena.brokers().weather(Weather.HELD_COMMITS, victim, DOUBT_MILLIS);
        Thread.sleep(DOUBT_MILLIS);
        arena.brokers().weather(Weather.FAIR, "", 0);
        return Fault.Effect.now(arena.brokers().affected() - before >= 2, busy);
    }

    private static Fault.Effect weather(TestCluster arena, Random random, Weather weather, int delay, int millis)
            throws InterruptedException {
        // One worker's, or everybody's.
        int who = random.nextInt(arena.workers().count() + 1);
        String victim = who == arena.workers().count() ? "" : arena.workers().nameOf(who);
        long before = arena.brokers().affected();
        boolean busy = arena.busy();
        arena.brokers().weather(weather, victim, delay);
        Thread.sleep(millis / 2 + random.nextInt(millis));
        arena.brokers().weather(Weather.FAIR, "", 0);
        return Fault.Effect.now(arena.brokers().affected() > before, busy);
    }
}
