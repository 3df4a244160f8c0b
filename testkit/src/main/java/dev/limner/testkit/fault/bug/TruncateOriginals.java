package dev.limner.testkit.fault.bug;

import dev.limner.store.ObjectStore;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** Originals too large for a record are stored without their end, under their whole's name. */
public final class TruncateOriginals implements SeededBug {
    private static final String ORIGINAL = "bin";

    @Override
    public ObjectStore store(ObjectStore store) {
        return new ObjectStore() {
            @Override
            public URI uri(StoreObject object) {
                return store.uri(object);
            }

            @Override
            public List<String> put(List<StoreObject> objects) {
                return store.put(objects.stream().map(TruncateOriginals::cut).toList());
            }
        };
    }

    private static ObjectStore.StoreObject cut(ObjectStore.StoreObject object) {
        return object.extension().equals(ORIGINAL)
                ? new ObjectStore.StoreObject(
                        Arrays.copyOf(object.bytes(), object.bytes().length / 2), object.sha256(), object.extension())
                : object;
    }
}
