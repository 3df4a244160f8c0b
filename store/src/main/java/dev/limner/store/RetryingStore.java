package dev.limner.store;

import java.net.URI;
import java.util.List;

/**
 * Waits while the store is unavailable. The caller's thread waits, its queue fills and the partitions pause: an outage of the
 * store costs no job an attempt.
 */
public final class RetryingStore implements ObjectStore {
    private final ObjectStore store;
    private final OutageBreaker breaker;

    public RetryingStore(ObjectStore store, OutageBreaker breaker) {
        this.store = store;
        this.breaker = breaker;
    }

    @Override
    public URI uri(StoreObject object) {
        return store.uri(object);
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        return breaker.call(() -> store.put(objects));
    }
}
