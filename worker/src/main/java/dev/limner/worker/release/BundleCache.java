package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.BundleFiles;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of bundles that were checked: signature before anything is fetched, size before anything is copied, digests of
 * the copy every time it is loaded, so that what was checked is what is loaded. Lies in a {@link CacheSlot} of its own and
 * removes nothing but the files of bundles there, whatever else somebody puts beside them. One thread.
 */
final class BundleCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BundleCache.class);
    private static final String PART = ".part";
    private static final Pattern MADE_HERE = Pattern.compile("[0-9a-f]{64}(\\.part)?");
    /** The manifest first: what is half removed is no bundle. */
    private static final List<String> FILES = Stream.concat(
                    Stream.of(BundleFiles.MANIFEST), BundleFiles.BESIDE_THE_MANIFEST.stream())
            .toList();

    private final BundleStore store;
    private final ReleaseSettings settings;
    private final CacheSlot slot;

    /** @throws IllegalArgumentException naming the folder, if there can be no copies in it */
    BundleCache(BundleStore store, ReleaseSettings settings) {
        this.store = store;
        this.settings = settings;
        this.slot = CacheSlot.take(settings.cache());
    }

    /**
     * Fetches and checks.
     *
     * @param name the model it was announced for
     * @throws ReleaseRejected if it is not to be run
     */
    ModelBundle fetch(String name, ModelRecord.Release release) throws ReleaseRejected {
        requireSignature(release);
        Path copy = slot.folder().resolve(release.digest());
        try {
            return checked(copy, name, release);
        } catch (BundleException | ReleaseRejected e) {
            LOG.atDebug()
                    .addKeyValue("model", release.digest())
                    .addKeyValue("why", e.getMessage())
                    .log("no usable copy of the bundle in the cache");
        }
        Path part = slot.folder().resolve(release.digest() + PART);
        discard(copy);
        discard(part);
        try {
            store.fetch(URI.create(release.uri()), part, settings.mostBytes());
            ModelBundle bundle = checked(part, name, release);
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
            return new ModelBundle(copy, bundle.manifest(), bundle.weights());
        } catch (BundleException e) {
            throw new ReleaseRejected(e.code(), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new ReleaseRejected(
                    RefusalCode.BUNDLE_MISSING, "the release's uri is '" + release.uri() + "': " + e.getMessage());
        } catch (IOException e) {
            throw new ReleaseRejected(RefusalCode.BUNDLE_MISSING, "its copy cannot be kept as " + copy + ": " + e);
        } finally {
            discard(part);
        }
    }

    private void requireSignature(ModelRecord.Release release) throws ReleaseRejected {
        PublicKey key = settings.key();
        if (key == null) {
            return;
        }
        String signature = release.signature();
        if (signature == null) {
            throw new ReleaseRejected(
                    RefusalCode.UNSIGNED, "it is not signed, and this worker runs signed releases only");
        }
        if (!ReleaseKeys.verifies(key, release.digest(), signature)) {
            throw new ReleaseRejected(
                    RefusalCode.SIGNATURE_INVALID, "its signature is not that of the key this worker was given");
        }
    }

    private static ModelBundle checked(Path copy, String name, ModelRecord.Release release) throws ReleaseRejected {
        ModelBundle bundle = ModelBundle.read(copy);
        if (!bundle.manifest().digest().equals(release.digest())) {
            throw new ReleaseRejected(
                    RefusalCode.MANIFEST_INVALID,
                    "its manifest has digest " + bundle.manifest().digest() + ", announced was " + release.digest());
        }
        if (!bundle.manifest().name().equals(name)) {
            throw new ReleaseRejected(
                    RefusalCode.NAME_DIFFERS,
                    "it is a model '" + bundle.manifest().name() + "', announced as '" + name + "'");
        }
        return bundle;
    }

    /** Forgets the copies of all other bundles. */
    void keep(Set<String> digests) {
        try (Stream<Path> copies = Files.list(slot.folder())) {
            copies.filter(copy -> {
                        String name = copy.getFileName().toString();
                        return MADE_HERE.matcher(name).matches() && !digests.contains(name);
                    })
                    .forEach(BundleCache::discard);
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("old bundles could not be removed");
        }
    }

    /** Removes a bundle's own files and, if it is empty then, the folder. Follows no links. */
    private static void discard(Path folder) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            for (String name : FILES) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("a copy of a bundle could not be removed");
        }
    }

    /** The slot, with what it shares with others. */
    CacheSlot slot() {
        return slot;
    }

    @Override
    public void close() {
        slot.close();
    }
}
