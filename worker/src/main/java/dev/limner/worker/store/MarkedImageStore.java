package dev.limner.worker.store;

import dev.limner.protocol.store.StoreFleets;
import dev.limner.worker.fault.RetryableException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** Marks a folder as its fleet's before the first object is put there, so that nobody clears it without asking the fleet. */
public final class MarkedImageStore implements ImageStore {
    private final ImageStore store;
    private final StoreFleets fleets;
    private final Supplier<StoreFleets.Fleet> fleet;
    private volatile boolean marked;

    /** @param fleet asked again while it throws {@link IllegalStateException} */
    public MarkedImageStore(ImageStore store, StoreFleets fleets, Supplier<StoreFleets.Fleet> fleet) {
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
            throw StoreFaults.unavailable(e, fleets.root(), 1);
        } catch (IllegalStateException e) {
            throw new RetryableException("the store cannot be marked as this fleet's: " + e.getMessage(), e);
        }
    }
}
