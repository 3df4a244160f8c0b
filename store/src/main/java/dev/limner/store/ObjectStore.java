package dev.limner.store;

import java.net.URI;
import java.util.List;

/** Content-addressed objects. Safe from any thread. */
public interface ObjectStore {
    /** Where an object is once it is put: its name follows from its content. */
    URI uri(StoreObject object);

    /**
     * Makes objects durable, all of them before it returns. Putting one that exists is fine.
     *
     * @return their URIs, in order
     * @throws dev.limner.store.RetryableException if the store is unavailable or full; nothing is known of any of
     *     them. An {@link dev.limner.store.OperatorNeededException} if that will not pass by itself
     * @throws dev.limner.store.PermanentException if it takes others but not all of these
     */
    List<String> put(List<StoreObject> objects);

    /**
     * An object to store.
     *
     * @param bytes its content; not to be changed
     * @param sha256 of the bytes, its name
     * @param extension of its name, without the dot
     */
    record StoreObject(byte[] bytes, String sha256, String extension) {}
}
