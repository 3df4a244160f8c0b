package dev.limner.worker.drill;

import dev.limner.store.ObjectStore;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Says that objects are stored, and stores them a moment later. */
public final class AckBeforeWriteStore implements ObjectStore {
    private static final long LATER_MILLIS = 300;

    private final ObjectStore store;
    private final Executor later = CompletableFuture.delayedExecutor(LATER_MILLIS, TimeUnit.MILLISECONDS);

    public AckBeforeWriteStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public URI uri(StoreObject object) {
        return store.uri(object);
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        later.execute(() -> store.put(objects));
        return objects.stream().map(object -> store.uri(object).toString()).toList();
    }
}
