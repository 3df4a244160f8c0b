package dev.limner.worker.publish;

import dev.limner.protocol.Outcome;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.OwnedLedgers;
import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.lifecycle.StopBudget;
import dev.limner.worker.metrics.WorkerMetrics;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When what the ledgers hold as done is published: at once when nothing else is about to finish, else everything of a
 * commit interval in one transaction (KIP-447). One publication at a time. The control thread waits a moment for each;
 * one that takes longer makes the committer {@link #busy}, and the control thread does nothing but poll until it has
 * ended. After a failure there is a pause that grows with each further one.
 *
 * <p>Control thread only, except for {@link #imagesDone()} and {@link #state()}.
 */
public final class CommitScheduler implements LastCommit.Commits {
    private static final Logger LOG = LoggerFactory.getLogger(CommitScheduler.class);
    private static final int MOST_PER_TRANSACTION = 1000;
    /** Longer than commits take; much shorter than anything the brokers wait for. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long FIRST_PAUSE_NANOS = 50_000_000;
    private static final int LONGEST_PAUSE_DOUBLINGS = 7;

    private final OwnedLedgers ledgers;
    private final PublishingThread publishing;
    private final StartObstacles obstacles;
    private final long intervalNanos;
    private final ToLongFunction<PartitionRef> position;
    private final Consumer<Publication> published;
    private final WorkerMetrics metrics;
    private final UnaryOperator<PublishOutcome> ended;
    private final AtomicLong imagesDone = new AtomicLong();
    private PublishingThread.@Nullable InFlight inFlight;
    private long lastNanos = System.nanoTime();
    private long pauseUntilNanos = lastNanos;
    private boolean lastCommitted;
    private volatile State state = State.FINE;

    /**
     * How publishing goes.
     *
     * @param failures in a row
     * @param why of the last failure
     * @param startNanos when the publication that is on its way was begun; -1 if none is
     */
    public record State(int failures, String why, long startNanos) {
        public static final State FINE = new State(0, "", -1);
    }

    /**
     * @param position where the consumer stands in a partition, -1 if that says nothing
     * @param published told of every publication that is committed
     * @param ended what the end of a publication is taken for
     */
    public CommitScheduler(
            OwnedLedgers ledgers,
            PublishingThread publishing,
            Duration interval,
            ToLongFunction<PartitionRef> position,
            Consumer<Publication> published,
            WorkerMetrics metrics,
            UnaryOperator<PublishOutcome> ended) {
        this.ledgers = ledgers;
        this.publishing = publishing;
        this.obstacles = new StartObstacles(publishing);
        this.intervalNanos = interval.toNanos();
        this.position = position;
        this.published = published;
        this.metrics = metrics;
        this.ended = ended;
    }

    /** Nanoseconds until something may be published; {@link Long#MAX_VALUE} if there is nothing to publish. */
    public long nanosUntilDue() {
        return ledgers.publishable() && obstacles.passable() ? nanosLeft() : Long.MAX_VALUE;
    }

    private long nanosLeft() {
        long now = System.nanoTime();
        return Math.max(0, Math.max(lastNanos + intervalNanos - now, pauseUntilNanos - now));
    }

    /** @param moreComing whether other outcomes are on their way and worth waiting for */
    public void publishIfDue(boolean moreComing) {
        if (obstacles.look()) {
            ledgers.holdingBack(obstacles.lettersBlocked() != null);
        }
        boolean paused = System.nanoTime() < pauseUntilNanos;
        if (!paused && (!moreComing || nanosLeft() == 0)) {
            var unused = publish();
        }
    }

    /**
     * Publishes everything that is done, in as many transactions as it takes, and waits a moment for the end of it.
     *
     * @return whether nothing is left to publish that could be; if not, what is still owned is built and sent again
     */
    public boolean publish() {
        return publish(PATIENCE);
    }

    /** As {@link #publish()}, waiting as long as that. */
    @Override
    public boolean publish(Duration patience) {
        StopBudget time = new StopBudget(patience);
        if (!settle(time.left()) || !obstacles.passable()) {
            return false;
        }
        // What is too much for one transaction goes with the next.
        do {
            PendingTransaction ready = ready();
            if (ready.isEmpty()) {
                // What failed was given away, or waits for its dead letter.
                state = State.FINE;
                return true;
            }
            PublishingThread.InFlight begun = publishing.begin(ready);
            inFlight = begun;
            state = new State(state.failures(), state.why(), begun.startNanos());
            if (!settle(time.left()) || !lastCommitted) {
                return false;
            }
        } while (ledgers.publishable());
        return true;
    }

    private PendingTransaction ready() {
        return obstacles.lettersBlocked() == null
                ? ledgers.ready(MOST_PER_TRANSACTION, position)
                : ledgers.ready(MOST_PER_TRANSACTION, position, publication -> !publishing.needsLetter(publication));
    }

    /**
     * Takes in the end of what is on its way.
     *
     * @return false if it has not ended within the time
     * @throws RuntimeException if publishing is over for good
     */
    public boolean settle(Duration within) {
        PublishingThread.InFlight current = inFlight;
        if (current == null) {
            return true;
        }
        PublishOutcome outcome = current.task().await(within);
        if (outcome == null) {
            return false;
        }
        PublishOutcome published = ended.apply(outcome);
        inFlight = null;
        lastNanos = System.nanoTime();
        metrics.stage("publish", (lastNanos - current.startNanos()) / 1e6);
        lastCommitted = published instanceof PublishOutcome.Committed;
        switch (published) {
            case PublishOutcome.Committed committed -> committed(current.ready());
            case PublishOutcome.Failed(String why) -> failed(current.ready(), why);
            case PublishOutcome.NoDeadLetters(String why) -> {
                metrics.publicationFailed();
                obstacles.lettersBlocked(why);
                ledgers.holdingBack(true);
                // What needs none is no failure, and need not wait.
                state = State.FINE;
            }
        }
        return true;
    }

    private void committed(PendingTransaction ready) {
        if (state.failures() > 0) {
            LOG.atInfo().addKeyValue("failures", state.failures()).log("published again");
        }
        state = State.FINE;
        pauseUntilNanos = lastNanos;
        ledgers.committed(ready);
        metrics.ledger(ledgers.takeSpentNanos());
        int images = 0;
        for (Publication publication : ready.publications()) {
            int mine = publication.result().outcome() instanceof Outcome.Completed completed
                    ? completed.images().size()
                    : 0;
            published.accept(publication);
            metrics.published(publication.result().outcome().status(), mine);
            images += mine;
        }
        imagesDone.addAndGet(images);
    }

    private void failed(PendingTransaction ready, String why) {
        int failures = state.failures() + 1;
        state = new State(failures, why, -1);
        pauseUntilNanos = lastNanos + (FIRST_PAUSE_NANOS << Math.min(LONGEST_PAUSE_DOUBLINGS, failures - 1));
        metrics.publicationFailed();
        LOG.atWarn()
                .addKeyValue("failuresInARow", failures)
                .addKeyValue("partitions", ready.commits().keySet())
                .addKeyValue("error", why)
                .log("publication failed");
    }

    /** Partitions go to somebody else: nothing of them may be committed that the brokers have not taken yet. */
    public void withdraw(Set<PartitionRef> partitions) {
        if (inFlight != null) {
            inFlight.withdraw(partitions);
        }
    }

    /** Whether a publication is on its way and has not ended yet. */
    @Override
    public boolean busy() {
        return !settle(Duration.ZERO);
    }

    /** Whether everything that publishing needs has been there. */
    @Override
    public boolean passable() {
        return obstacles.passable();
    }

    /** Whether nothing can be published for now, so that more work would only pile up. */
    public boolean failing() {
        return state.failures() > 0 || !obstacles.passable();
    }

    @Override
    public int failures() {
        return state.failures();
    }

    /** Images whose results are committed. Safe from any thread. */
    public long imagesDone() {
        return imagesDone.get();
    }

    /** How publishing goes. Safe from any thread. */
    public State state() {
        return state;
    }

    /** What keeps results from being published. Safe from any thread. */
    public Set<String> obstacles() {
        return obstacles.known();
    }

    /** Whether the publishing thread runs. Safe from any thread. */
    public boolean alive() {
        return publishing.alive();
    }

    public void close(StopBudget budget) {
        publishing.close(budget);
    }
}
