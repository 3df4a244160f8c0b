package dev.limner.testkit.fault.bug;

import dev.limner.store.ObjectStore;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Results are published before their images are stored: the store says that it has them, and has them a moment later. */
public final class PublishBeforeStore implements SeededBug {
    private static final long LATER_MILLIS = 300;

    @Override
    public ObjectStore store(ObjectStore store) {
        Executor later = CompletableFuture.delayedExecutor(LATER_MILLIS, TimeUnit.MILLISECONDS);
        return new ObjectStore() {
            @Override
            public URI uri(StoreObject object) {
                return store.uri(object);
            }

            @Override
            public List<String> put(List<StoreObject> objects) {
                later.execute(() -> store.put(objects));
                return objects.stream()
                        .map(object -> store.uri(object).toString())
                        .toList();
            }
        };
    }
}
