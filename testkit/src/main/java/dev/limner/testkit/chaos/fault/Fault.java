package dev.limner.testkit.chaos.fault;

import dev.limner.testkit.chaos.cluster.TestCluster;
import java.util.Random;

/**
 * Something that goes wrong and is put right again.
 *
 * @param kind its name
 * @param need without which it cannot be struck
 * @param once whether it takes so long that a run has it once
 * @param strike does it
 */
public record Fault(String kind, Need need, boolean once, Strike strike) {
    /** One that every cluster has room for. */
    Fault(String kind, Strike strike) {
        this(kind, Need.NOTHING, false, strike);
    }

    /** What a cluster must have for a fault. */
    public enum Need {
        NOTHING,
        THREE_BROKERS,
        PREVIOUS_BUILD
    }

    /** Whether a cluster has what is needed. */
    public boolean possible(int brokers, boolean previous) {
        return switch (need) {
            case NOTHING -> true;
            case THREE_BROKERS -> brokers == 3;
            case PREVIOUS_BUILD -> previous;
        };
    }

    /** Breaks something, proves that it broke, mends it. */
    @FunctionalInterface
    public interface Strike {
        Effect on(TestCluster cluster, Random random) throws InterruptedException;
    }

    /**
     * What a strike did.
     *
     * @param seen whether it took effect, by evidence from outside of what was struck
     * @param inFlight whether jobs were waiting or on their way at that moment
     * @param mendedNanos {@link System#nanoTime()} from which on the fleet was free to recover
     */
    public record Effect(boolean seen, boolean inFlight, long mendedNanos) {
        /** It took effect, or not, and the fleet is free to recover from now on. */
        static Effect now(boolean seen, boolean inFlight) {
            return new Effect(seen, inFlight, System.nanoTime());
        }
    }
}
