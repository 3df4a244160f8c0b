package dev.limner.worker.config;

import dev.limner.protocol.Topics;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.schedule.BatchSettings;
import java.time.Clock;
import java.time.Duration;

/**
 * Everything a worker is told.
 *
 * @param name unlike any other live worker's
 * @param recentIds remembered of each partition
 * @param software the generator and its version, as provenance names it
 * @param writeCaptions whether image files carry their captions
 * @param limits how long things may take
 * @param clock the worker's idea of the time of day
 * @param faults put into the worker; {@link FaultPoints#NONE} outside of trials
 */
public record WorkerSettings(
        String name,
        Topics topics,
        IntakeSettings intake,
        int recentIds,
        BatchSettings batch,
        LedgerSettings ledger,
        StageThreads threads,
        PublishSettings publish,
        String software,
        boolean writeCaptions,
        Limits limits,
        Clock clock,
        FaultPoints faults) {
    public WorkerSettings {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "limner.worker.name is '" + name + "', must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
    }

    /**
     * How long things may take.
     *
     * @param stop a stopping worker, until everything is closed
     * @param revoke partitions that go to another worker, for what is on its way to be finished
     * @param deviceOutage a device that generates nothing, until the worker ends
     */
    public record Limits(Duration stop, Duration revoke, Duration deviceOutage) {
        private static final Duration SHORTEST_STOP = Duration.ofSeconds(1);
        private static final Duration LONGEST_STOP = Duration.ofHours(1);
        /** The group lets go of a member that does not answer a rebalance for five minutes. */
        private static final Duration LONGEST_REVOKE = Duration.ofMinutes(4);

        private static final Duration SHORTEST_OUTAGE = Duration.ofSeconds(1);

        /** What a configuration that says nothing means. */
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofMinutes(2));

        public Limits {
            if (stop.compareTo(SHORTEST_STOP) < 0 || stop.compareTo(LONGEST_STOP) > 0) {
                throw new IllegalArgumentException(
                        "limner.worker.stop-within is " + stop + ", must be from 1 s to 1 h");
            }
            if (revoke.isNegative() || revoke.compareTo(LONGEST_REVOKE) > 0) {
                throw new IllegalArgumentException(
                        "limner.worker.revoke-within is " + revoke + ", must be from 0 to 4 min");
            }
            if (deviceOutage.compareTo(SHORTEST_OUTAGE) < 0) {
                throw new IllegalArgumentException(
                        "limner.worker.device-outage is " + deviceOutage + ", must be at least 1 s");
            }
        }
    }
}
