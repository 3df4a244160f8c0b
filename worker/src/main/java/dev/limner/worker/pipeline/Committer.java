package dev.limner.worker.pipeline;

import dev.limner.protocol.Outcome;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.Ledgers;
import dev.limner.worker.metrics.WorkerMetrics;
import dev.limner.worker.publish.PendingTransaction;
import dev.limner.worker.publish.Publication;
import dev.limner.worker.publish.ResultPublisher;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * When what the ledgers hold as done is published: at once when nothing else is about to finish, else everything of a
 * commit interval in one transaction (KIP-447). Control thread only, except for {@link #imagesDone()}.
 */
final class Committer implements AutoCloseable {
    private static final int MOST_PER_TRANSACTION = 1000;

    private final Ledgers ledgers;
    private final ResultPublisher publisher;
    private final long intervalNanos;
    private final ToLongFunction<PartitionRef> position;
    private final Consumer<Publication> published;
    private final WorkerMetrics metrics;
    private final boolean abortedIsDone;
    private final AtomicLong imagesDone = new AtomicLong();
    private long lastNanos = System.nanoTime();

    /**
     * @param publisher closed by {@link #close()}
     * @param position where the consumer stands in a partition, -1 if that says nothing
     * @param published told of every publication that is committed
     * @param abortedIsDone a mistake, for a drill
     */
    Committer(
            Ledgers ledgers,
            ResultPublisher publisher,
            Duration interval,
            ToLongFunction<PartitionRef> position,
            Consumer<Publication> published,
            WorkerMetrics metrics,
            boolean abortedIsDone) {
        this.ledgers = ledgers;
        this.publisher = publisher;
        this.intervalNanos = interval.toNanos();
        this.position = position;
        this.published = published;
        this.metrics = metrics;
        this.abortedIsDone = abortedIsDone;
    }

    /** Nanoseconds until the commit interval is over; {@link Long#MAX_VALUE} if there is nothing to publish. */
    long nanosUntilDue() {
        return ledgers.publishable() ? nanosLeft() : Long.MAX_VALUE;
    }

    private long nanosLeft() {
        return Math.max(0, lastNanos + intervalNanos - System.nanoTime());
    }

    /** @param moreComing whether other outcomes are on their way and worth waiting for */
    void publishIfDue(boolean moreComing) {
        if (!moreComing || nanosLeft() == 0) {
            var unused = publish();
        }
    }

    /**
     * Publishes everything that is done.
     *
     * @return whether nothing is left to publish that could be; if not, what is still owned after the next poll is
     *     built and sent again
     */
    boolean publish() {
        PendingTransaction ready = ledgers.ready(MOST_PER_TRANSACTION, position);
        if (ready.isEmpty()) {
            return true;
        }
        long start = System.nanoTime();
        boolean committed = publisher.publish(ready) || abortedIsDone;
        lastNanos = System.nanoTime();
        metrics.stage("publish", (lastNanos - start) / 1e6);
        if (!committed) {
            return false;
        }
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
        return true;
    }

    /** Pictures whose results are committed. Safe from any thread. */
    long imagesDone() {
        return imagesDone.get();
    }

    @Override
    public void close() {
        publisher.close();
    }
}
