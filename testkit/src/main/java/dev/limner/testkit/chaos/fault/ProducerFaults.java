package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.cluster.TestCluster;
import java.util.List;
import java.util.Random;

/** Producers that do what producers should not. */
final class ProducerFaults {
    private static final int TRANSACTIONS = 10;
    private static final int REPEATS = 20;

    private ProducerFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("aborting-producer", ProducerFaults::aborts),
                new Fault("repeated-ids", ProducerFaults::repeats));
    }

    private static Fault.Effect aborts(TestCluster cluster, Random random) {
        boolean busy = cluster.busy();
        cluster.bursts().aborted(TRANSACTIONS);
        return Fault.Effect.now(true, busy);
    }

    private static Fault.Effect repeats(TestCluster cluster, Random random) throws InterruptedException {
        boolean busy = cluster.busy();
        int records = cluster.bursts().repeats(REPEATS);
        return Fault.Effect.now(records == 4 * REPEATS, busy);
    }
}
