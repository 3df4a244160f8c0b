package dev.limner.worker.admit;

import dev.limner.protocol.DeadLetter;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Digests;
import dev.limner.store.ObjectStore;
import dev.limner.store.RetryableException;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores bad records that are too large for a dead letter, one after the other on a thread of its own, and answers each
 * when its original is durable; of the value only the beginning is kept from then on. A store that is unavailable is
 * waited for. Where it refuses an original, or fails in a way nobody foresaw, the letter holds the beginning only and
 * says so. What waits here is bounded by {@link PendingWork}.
 */
public final class LargeOriginals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LargeOriginals.class);

    private final OutcomePublications outcomes;
    private final ObjectStore store;
    private final Consumer<FinishedRecord> later;
    private final Consumer<Throwable> fatal;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("limner-letters").daemon().factory());

    /**
     * @param store waits by itself while it is unavailable
     * @param later takes the outcomes, on this thread
     * @param fatal takes what nobody foresaw: the worker has to end
     */
    public LargeOriginals(
            OutcomePublications outcomes,
            ObjectStore store,
            Consumer<FinishedRecord> later,
            Consumer<Throwable> fatal) {
        this.outcomes = outcomes;
        this.store = store;
        this.later = later;
        this.fatal = fatal;
    }

    /** Answers a bad record when its original is stored. Returns at once. */
    public void store(RecordDelivery delivery, Decoded.Poison poison, byte[] value) {
        thread.execute(() -> {
            try {
                storeAndAnswer(delivery, poison, value);
            } catch (RuntimeException | Error e) {
                // The executor would keep it to itself, and the record would never be answered.
                fatal.accept(e);
            }
        });
    }

    private void storeAndAnswer(RecordDelivery delivery, Decoded.Poison poison, byte[] value) {
        String uri = null;
        String failure = null;
        try {
            uri = store.put(List.of(new ObjectStore.StoreObject(value, Digests.sha256(value), "bin")))
                    .get(0);
        } catch (RetryableException e) {
            // Only a stopping worker gives up on its store. The record stays unanswered and is delivered again.
            LOG.atWarn()
                    .addKeyValue("record", delivery.ref().origin())
                    .addKeyValue("error", e.toString())
                    .log("original given up");
            return;
        } catch (RuntimeException e) {
            failure = String.valueOf(e.getMessage());
            LOG.atError()
                    .addKeyValue("record", delivery.ref().origin())
                    .setCause(e)
                    .log("an original cannot be stored, its dead letter holds the beginning only");
        }
        later.accept(new FinishedRecord(delivery.ref(), answer(delivery, poison, uri, failure)));
    }

    private Publication answer(
            RecordDelivery delivery, Decoded.Poison poison, @Nullable String uri, @Nullable String failure) {
        OriginalRecord beginning = delivery.original().beginning(DeadLetter.BEGINNING);
        RecordDelivery kept =
                new RecordDelivery(delivery.ref(), beginning, delivery.decoded(), delivery.receivedNanos());
        return outcomes.rejected(kept, poison, uri, failure);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
