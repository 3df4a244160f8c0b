package dev.limner.generator.bundle;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where released bundles lie. What is there never changes; what is missing is missing whole. Safe from any thread. */
public interface BundleStore {
    /**
     * Puts a bundle there, its manifest last. The same bundle a second time changes nothing.
     *
     * @param folder the bundle, checked by the caller
     * @param signature {@link ReleaseKeys} over its digest, which one that is there already gets too; null if it is not signed
     * @return where it is
     */
    URI put(Path folder, Manifest manifest, @Nullable String signature);

    /** The last signature a bundle was put with; empty if it was not signed or is not there. */
    Optional<String> signature(String name, String digest);

    /** Where a bundle is or would be. */
    URI uri(String name, String digest);

    /** Digests of the whole bundles of a name, in no order. */
    List<String> digests(String name);

    /**
     * Copies a bundle and checks nothing but its size: what was copied can no longer change under whoever checks it.
     *
     * @param folder the copy, made by this call
     * @param mostBytes of all files together
     * @throws BundleException if there is no such bundle, or it is larger
     */
    void fetch(URI uri, Path folder, long mostBytes);
}
