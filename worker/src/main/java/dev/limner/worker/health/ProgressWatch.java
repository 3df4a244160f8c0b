package dev.limner.worker.health;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.publish.CommitScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Whether a worker gets anywhere, from what its control thread sees on every round. {@link #reasons} feeds readiness and
 * alerts; {@link #turning} alone says whether a restart could help: brokers, a store or a device that do not answer, a
 * model that is loading or a long backlog stop the first and never the second.
 *
 * <p>The control thread tells, anybody asks.
 */
public final class ProgressWatch {
    /** What has not moved for that long does not move. */
    static final Duration STILL = Duration.ofSeconds(60);
    /** Members of a group hear from it every few seconds. */
    static final Duration SILENT = Duration.ofSeconds(15);
    /** No round of the control thread waits for anything nearly as long. */
    static final Duration ROUND = Duration.ofSeconds(60);
    /** Failed publications that rebalances alone do not explain. */
    static final int FAILURES = 3;

    private static final long EVERY_NANOS = 500_000_000;

    private final LongSupplier nanoTime;
    private final Map<PartitionRef, Head> heads = new HashMap<>();
    private final Map<PartitionRef, Long> unknownSince = new HashMap<>();
    private double received;
    private volatile long heardNanos;
    private volatile long roundNanos;
    private long lookedNanos;
    private volatile Findings findings = new Findings(List.of(), Map.of(), Map.of());

    /** The oldest open record of a partition, and how long it has been so while the device was free. */
    private record Head(long offset, long freeNanos) {}

    /**
     * What the control thread sees.
     *
     * @param owned partitions
     * @param restored those of them whose ledger is known
     * @param oldest the oldest record without a committed outcome, by partition
     * @param deviceFree whether the device has nothing to do and nothing that jobs need is unavailable
     * @param received what the brokers have sent so far, in bytes
     * @param publishing how it goes
     * @param obstacles what keeps results from being published
     * @param stages of the pipeline
     */
    public record Sight(
            Set<PartitionRef> owned,
            Set<PartitionRef> restored,
            Map<PartitionRef, Long> oldest,
            boolean deviceFree,
            double received,
            CommitScheduler.State publishing,
            Set<String> obstacles,
            List<StageWatch> stages) {}

    /** What was found last. */
    public record Findings(
            List<String> reasons, Map<PartitionRef, Duration> still, Map<PartitionRef, Duration> unknown) {
        public Findings {
            reasons = List.copyOf(reasons);
            still = Map.copyOf(still);
            unknown = Map.copyOf(unknown);
        }
    }

    /** @param nanoTime the clock, in nanoseconds from anywhere */
    public ProgressWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.heardNanos = now;
        this.roundNanos = now;
        this.lookedNanos = now;
    }

    /**
     * The control thread has gone round once more.
     *
     * @return whether it is time for a closer look: {@link #look}
     */
    public boolean round() {
        roundNanos = nanoTime.getAsLong();
        return roundNanos - lookedNanos >= EVERY_NANOS;
    }

    /**
     * Brokers have sent something if this has changed; for when there is no time for a closer look.
     *
     * @param bytes that have come so far
     */
    public void heard(double bytes) {
        if (bytes != received) {
            received = bytes;
            heardNanos = nanoTime.getAsLong();
        }
    }

    /** A closer look. */
    public Findings look(Sight sight) {
        long now = nanoTime.getAsLong();
        long passed = now - lookedNanos;
        lookedNanos = now;
        heard(sight.received());
        Map<PartitionRef, Duration> still = still(sight, passed);
        Map<PartitionRef, Duration> unknown = unknown(sight, now);
        List<String> reasons = new ArrayList<>(sight.obstacles());
        still.forEach((partition, since) -> {
            if (since.compareTo(STILL) >= 0) {
                reasons.add(partition.topic() + "-" + partition.number() + " stands at offset "
                        + sight.oldest().get(partition) + " since " + since.toSeconds()
                        + " s although the device is free");
            }
        });
        unknown.forEach((partition, since) -> {
            if (since.compareTo(STILL) >= 0) {
                reasons.add("what is done in " + partition.topic() + "-" + partition.number() + " is not known since "
                        + since.toSeconds() + " s");
            }
        });
        for (StageWatch stage : sight.stages()) {
            Duration longest = stage.longest(now);
            if (longest.compareTo(STILL) >= 0) {
                reasons.add("stage " + stage.stage() + " has not moved for " + longest.toSeconds() + " s");
            }
        }
        publishing(sight.publishing(), now, reasons);
        findings = new Findings(reasons, still, unknown);
        return findings;
    }

    private static void publishing(CommitScheduler.State state, long now, List<String> reasons) {
        if (state.failures() >= FAILURES) {
            reasons.add(state.failures() + " publications in a row failed: " + state.why());
        }
        if (state.startNanos() >= 0 && now - state.startNanos() >= STILL.toNanos()) {
            reasons.add("a publication has not ended for "
                    + Duration.ofNanos(now - state.startNanos()).toSeconds() + " s");
        }
    }

    private Map<PartitionRef, Duration> still(Sight sight, long passed) {
        heads.keySet().retainAll(sight.oldest().keySet());
        Map<PartitionRef, Duration> still = new HashMap<>();
        sight.oldest().forEach((partition, offset) -> {
            Head before = heads.get(partition);
            long free = before == null || before.offset() != offset
                    ? 0
                    : before.freeNanos() + (sight.deviceFree() ? passed : 0);
            heads.put(partition, new Head(offset, free));
            still.put(partition, Duration.ofNanos(free));
        });
        return still;
    }

    private Map<PartitionRef, Duration> unknown(Sight sight, long now) {
        unknownSince.keySet().retainAll(sight.owned());
        unknownSince.keySet().removeAll(sight.restored());
        Map<PartitionRef, Duration> unknown = new HashMap<>();
        for (PartitionRef partition : sight.owned()) {
            if (!sight.restored().contains(partition)) {
                long since = unknownSince.computeIfAbsent(partition, one -> now);
                unknown.put(partition, Duration.ofNanos(now - since));
            }
        }
        return unknown;
    }

    /** Why the worker gets nowhere, one sentence each; empty while it does. */
    public List<String> reasons() {
        return findings.reasons();
    }

    /** For how long no broker has answered. */
    public Duration silence() {
        return Duration.ofNanos(nanoTime.getAsLong() - heardNanos);
    }

    /** Whether some broker answers. */
    public boolean brokersAnswer() {
        return silence().compareTo(SILENT) < 0;
    }

    /** Whether the control thread goes round. */
    public boolean turning() {
        return nanoTime.getAsLong() - roundNanos < ROUND.toNanos();
    }
}
