package dev.limner.store.file;

import dev.limner.store.ObjectStore;
import dev.limner.store.RetryableException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** Marks a folder as its fleet's before the first object is put there, so that nobody clears it without asking the fleet. */
public final class MarkedStore implements ObjectStore {
    private final ObjectStore store;
    private final FleetMarks fleets;
    private final Supplier<FleetMarks.Fleet> fleet;
    private volatile boolean marked;

    /** @param fleet asked again while it throws {@link IllegalStateException} */
    public MarkedStore(ObjectStore store, FleetMarks fleets, Supplier<FleetMarks.Fleet> fleet) {
        this.store = store;
        this.fleets = fleets;
        this.fleet = fleet;
    }

    @Override
    public URI uri(StoreObject object) {
        return store.uri(object);
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        if (!marked) {
            mark();
        }
        return store.put(objects);
    }

    private synchronized void mark() {
        if (marked) {
            return;
        }
        try {
            fleets.mark(fleet.get());
            marked = true;
        } catch (IOException e) {
            throw FileStoreFailures.unavailable(e, fleets.root(), 1);
        } catch (IllegalStateException e) {
            throw new RetryableException("the store cannot be marked as this fleet's: " + e.getMessage(), e);
        }
    }
}
