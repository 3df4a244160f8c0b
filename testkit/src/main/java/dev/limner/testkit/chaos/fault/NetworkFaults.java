package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.cluster.TcpProxy.Weather;
import dev.limner.testkit.chaos.cluster.TestCluster;
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
                new Fault("net-delay", (cluster, random) -> weather(cluster, random, Weather.SLOW, SLOW_MILLIS, 4000)),
                new Fault("net-cut", (cluster, random) -> weather(cluster, random, Weather.CUT, 0, 2500)),
                new Fault("net-half-open", (cluster, random) -> weather(cluster, random, Weather.HALF_OPEN, 0, 4000)),
                new Fault("net-reset", (cluster, random) -> weather(cluster, random, Weather.RESET, 0, 2500)),
                new Fault(
                        "held-commits",
                        (cluster, random) -> weather(cluster, random, Weather.HELD_COMMITS, HELD_MILLIS, 6000)),
                new Fault("commits-in-doubt", NetworkFaults::inDoubt));
    }

    /** Answers to commits stay away until the worker has given up on its producer, though the commits have landed. */
    private static Fault.Effect inDoubt(TestCluster cluster, Random random) throws InterruptedException {
        String victim =
                cluster.workers().nameOf(random.nextInt(cluster.workers().count()));
        long before = cluster.brokers().affected();
        boolean busy = cluster.busy();
        cluster.brokers().weather(Weather.HELD_COMMITS, victim, DOUBT_MILLIS);
        Thread.sleep(DOUBT_MILLIS);
        cluster.brokers().weather(Weather.FAIR, "", 0);
        return Fault.Effect.now(cluster.brokers().affected() - before >= 2, busy);
    }

    private static Fault.Effect weather(TestCluster cluster, Random random, Weather weather, int delay, int millis)
            throws InterruptedException {
        // One worker's, or everybody's.
        int who = random.nextInt(cluster.workers().count() + 1);
        String victim =
                who == cluster.workers().count() ? "" : cluster.workers().nameOf(who);
        long before = cluster.brokers().affected();
        boolean busy = cluster.busy();
        cluster.brokers().weather(weather, victim, delay);
        Thread.sleep(millis / 2 + random.nextInt(millis));
        cluster.brokers().weather(Weather.FAIR, "", 0);
        return Fault.Effect.now(cluster.brokers().affected() > before, busy);
    }
}
