package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A store on a disk that cannot be read for a while.
 *
 * @param times how many fetches fail from now on
 */
record FailingBundleStore(BundleStore store, AtomicInteger times) implements BundleStore {
    @Override
    public URI put(Path folder, Manifest manifest, @Nullable String signature) {
        return store.put(folder, manifest, signature);
    }

    @Override
    public Optional<String> signature(String name, String digest) {
        return store.signature(name, digest);
    }

    @Override
    public URI uri(String name, String digest) {
        return store.uri(name, digest);
    }

    @Override
    public List<String> digests(String name) {
        return store.digests(name);
    }

    @Override
    public void fetch(URI uri, Path folder, long mostBytes) {
        if (times.getAndDecrement() > 0) {
            throw new UncheckedIOException(new IOException("Input/output error"));
        }
        store.fetch(uri, folder, mostBytes);
    }
}
