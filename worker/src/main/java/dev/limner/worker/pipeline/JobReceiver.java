package dev.limner.worker.pipeline;

import dev.limner.worker.intake.JobSource;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.publish.CommitScheduler;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What may be fetched, and how long there is to wait for it. Control thread only. */
final class JobReceiver {
    static final Duration LONGEST_POLL = Duration.ofMillis(100);
    /** The other sources are looked at this often while one is full. */
    private static final Duration FULL_WAIT = Duration.ofMillis(20);

    private final JobSource source;
    private final OwnedLedgers ledgers;
    private final CommitScheduler committer;
    private final BatchDispatcher dispatcher;
    private final CompletionQueue completions;
    private final BooleanSupplier outage;
    private final Set<String> everything;

    /**
     * @param everything all topics that jobs are taken from
     * @param outage whether something that every job needs is unavailable
     */
    JobReceiver(
            JobSource source,
            OwnedLedgers ledgers,
            CommitScheduler committer,
            BatchDispatcher dispatcher,
            CompletionQueue completions,
            Set<String> everything,
            BooleanSupplier outage) {
        this.source = source;
        this.ledgers = ledgers;
        this.committer = committer;
        this.dispatcher = dispatcher;
        this.completions = completions;
        this.everything = Set.copyOf(everything);
        this.outage = outage;
    }

    /**
     * Waits for records or for news of the stages. Not in the consumer while a source is full or cannot be read on: it
     * spins through its whole timeout, a core's worth, as long as it holds fetched records of a paused partition.
     */
    List<RecordDelivery> receive() {
        Set<String> full = new HashSet<>(dispatcher.full());
        if (committer.failing() || outage.getAsBoolean()) {
            full.addAll(everything);
        }
        Set<PartitionRef> closed = ledgers.closed();
        Duration timeout = pollTimeout();
        if (full.isEmpty() && closed.isEmpty() && source.readable()) {
            return source.poll(completions.leave(timeout), full, closed);
        }
        // Without brokers every poll costs the consumer's own thread a look at each of them.
        Duration wait = committer.failing() ? LONGEST_POLL : FULL_WAIT;
        completions.await(timeout.compareTo(wait) < 0 ? timeout : wait);
        return source.poll(Duration.ZERO, full, closed);
    }

    /** With everything paused nothing new is fetched; what a rebalance might bring in is returned all the same. */
    List<RecordDelivery> receiveNothing() {
        return source.poll(Duration.ZERO, everything, Set.of());
    }

    /** Until the next thing is due by the clock; a stage that hands something back or takes a batch ends it sooner. */
    private Duration pollTimeout() {
        if (!completions.isEmpty()) {
            return Duration.ZERO;
        }
        // What cannot be published need not be generated in a hurry.
        long due = committer.failing() ? Long.MAX_VALUE : dispatcher.nanosUntilDue();
        long nanos = Math.min(LONGEST_POLL.toNanos(), due);
        return Duration.ofNanos(Math.min(nanos, committer.nanosUntilDue()));
    }
}
