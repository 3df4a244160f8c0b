package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.arena.TestCluster;
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

    private static Fault.Effect aborts(TestCluster arena, Random random) {
        boolean busy = arena.busy();
        arena.bursts().aborted(TRANSACTIONS);
        return Fault.Effect.now(true, busy);
    }

    private static Fault.Effect repeats(TestCluster arena, Random random) throws InterruptedException {
        boolean busy = arena.busy();
        int records = arena.bursts().repeats(REPEATS);
        return Fault.Effect.now(records == 4 * REPEATS, busy);
    }
}
