package dev.limner.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.util.List;

/** Times and counts what goes through an {@link ObjectStore}, failures included. */
public final class MeteredStore implements ObjectStore {
    private final ObjectStore store;
    private final Timer success;
    private final Timer failure;
    private final Counter bytes;

    public MeteredStore(ObjectStore store, MeterRegistry registry) {
        this.store = store;
        this.success = timer(registry, "success");
        this.failure = timer(registry, "failure");
        this.bytes = Counter.builder("limner.store.bytes")
                .description("What the store took. Unit: bytes.")
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("limner.store.put")
                .description("What the store took to make a micro-batch's images durable, or to fail. Unit: seconds.")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public URI uri(StoreObject object) {
        return store.uri(object);
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        Timer.Sample sample = Timer.start();
        Timer outcome = failure;
        try {
            List<String> uris = store.put(objects);
            objects.forEach(object -> bytes.increment(object.bytes().length));
            outcome = success;
            return uris;
        } finally {
            sample.stop(outcome);
        }
    }
}
