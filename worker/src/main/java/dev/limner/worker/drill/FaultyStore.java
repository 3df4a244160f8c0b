package dev.limner.worker.drill;

import dev.limner.store.ObjectStore;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** A store that throws an error on order and may lose the end of what is no image. Safe from any thread. */
public final class FaultyStore implements ObjectStore {
    private static final String ORIGINAL = "bin";

    private final ObjectStore store;
    private final FaultInjector drill;
    private final boolean truncates;

    /** @param truncates whether originals of dead letters are stored without their end, under their whole's name */
    public FaultyStore(ObjectStore store, FaultInjector drill, boolean truncates) {
        this.store = store;
        this.drill = drill;
        this.truncates = truncates;
    }

    @Override
    public URI uri(StoreObject object) {
        return store.uri(object);
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        drill.failIfOrdered();
        return store.put(truncates ? objects.stream().map(FaultyStore::cut).toList() : objects);
    }

    private static StoreObject cut(StoreObject object) {
        return object.extension().equals(ORIGINAL)
                ? new StoreObject(
                        Arrays.copyOf(object.bytes(), object.bytes().length / 2), object.sha256(), object.extension())
                : object;
    }
}
