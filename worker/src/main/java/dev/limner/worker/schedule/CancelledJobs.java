package dev.limner.worker.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ids of cancelled jobs, for a day and within a bound: anybody may cancel jobs that do not exist. Beyond it those that were
 * noted first are forgotten; their jobs are generated. Safe from any thread.
 */
final class CancelledJobs {
    private static final Logger LOG = LoggerFactory.getLogger(CancelledJobs.class);
    private static final Duration KEPT = Duration.ofHours(24);
    private static final int SWEEP_EVERY = 1000;
    /** What an id takes beside its letters, by estimate. */
    static final int ENTRY_BYTES = 160;

    private final InstantSource clock;
    private final long mostBytes;
    private final SequencedMap<String, Instant> cancelled = new LinkedHashMap<>();
    private long bytes;
    private int noted;
    private boolean told;

    CancelledJobs(InstantSource clock, long mostBytes) {
        this.clock = clock;
        this.mostBytes = mostBytes;
    }

    synchronized void note(String id, Instant at) {
        if (isKept(at)) {
            remove(id);
            cancelled.putLast(id, at);
            bytes += size(id);
        }
        if (++noted % SWEEP_EVERY == 0) {
            sweep();
        }
        if (bytes > mostBytes) {
            sweep();
            forgetFirst();
        }
    }

    private void sweep() {
        cancelled.entrySet().removeIf(entry -> {
            boolean gone = !isKept(entry.getValue());
            bytes -= gone ? size(entry.getKey()) : 0;
            return gone;
        });
    }

    /** Some at a time: looking through all for each one more would take too long. */
    private void forgetFirst() {
        while (bytes > mostBytes - mostBytes / 10 && !cancelled.isEmpty()) {
            bytes -= size(cancelled.firstEntry().getKey());
            cancelled.pollFirstEntry();
        }
        if (!told) {
            told = true;
            LOG.atWarn()
                    .addKeyValue("kept", cancelled.size())
                    .log(
                            "more jobs were cancelled within a day than can be remembered: the first of them will be generated");
        }
    }

    private static long size(String id) {
        return (long) ENTRY_BYTES + id.length();
    }

    private boolean isKept(Instant at) {
        return !at.isBefore(clock.instant().minus(KEPT));
    }

    synchronized void remove(String id) {
        if (cancelled.remove(id) != null) {
            bytes -= size(id);
        }
    }

    synchronized void clear() {
        cancelled.clear();
        bytes = 0;
    }

    synchronized Optional<Instant> of(String id) {
        return Optional.ofNullable(cancelled.get(id)).filter(this::isKept);
    }
}
