package dev.limner.worker.store;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.limner.worker.fault.RetryableException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts again, ever more slowly, as long as the store is away. The caller's thread waits, its queue fills and the
 * partitions pause: an outage of the store costs no job an attempt.
 */
public final class RetryingImageStore implements ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(RetryingImageStore.class);
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final ImageStore store;
    private final FailsafeExecutor<List<String>> retries;

    /** @param stopping whether the worker is on its way out, so that waiting on is pointless */
    public RetryingImageStore(ImageStore store, BooleanSupplier stopping) {
        this.store = store;
        this.retries = Failsafe.with(RetryPolicy.<List<String>>builder()
                .handle(RetryableException.class)
                .withBackoff(FIRST, LONGEST)
                .withMaxRetries(-1)
                .abortIf((result, failure) -> stopping.getAsBoolean())
                .onRetryScheduled(event -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(event.getLastException()))
                        .addKeyValue("retryInMs", event.getDelay().toMillis())
                        .log("store unavailable"))
                .build());
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        return retries.get(() -> store.put(objects));
    }
}
