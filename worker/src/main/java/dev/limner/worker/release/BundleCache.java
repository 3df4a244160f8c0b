package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of bundles that were checked: signature before anything is fetched, size before anything is copied, digests of
 * the copy, so that what was checked is what is loaded. One thread.
 */
final class BundleCache {
    private static final Logger LOG = LoggerFactory.getLogger(BundleCache.class);

    private final BundleStore store;
    private final ReleaseSettings settings;

    BundleCache(BundleStore store, ReleaseSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * Fetches and checks.
     *
     * @param name the model it was announced for
     * @throws Refused if it is not to be run
     */
    ModelBundle fetch(String name, ModelRecord.Release release) throws Refused {
        requireSignature(release);
        Path copy = settings.cache().resolve(release.digest());
        try {
            return checked(copy, name, release);
        } catch (BundleException e) {
            LOG.atDebug().addKeyValue("model", release.digest()).log("not in the cache");
        }
        delete(copy);
        try {
            store.fetch(URI.create(release.uri()), copy, settings.mostBytes());
            return checked(copy, name, release);
        } catch (BundleException e) {
            delete(copy);
            throw new Refused(e.code(), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            delete(copy);
            throw new Refused(
                    RefusalCode.BUNDLE_MISSING, "the release's uri is '" + release.uri() + "': " + e.getMessage());
        }
    }

    private void requireSignature(ModelRecord.Release release) throws Refused {
        PublicKey key = settings.key();
        if (key == null) {
            return;
        }
        String signature = release.signature();
        if (signature == null) {
            throw new Refused(RefusalCode.UNSIGNED, "it is not signed, and this worker runs signed releases only");
        }
        if (!ReleaseKeys.verifies(key, release.digest(), signature)) {
            throw new Refused(
                    RefusalCode.SIGNATURE_INVALID, "its signature is not that of the key this worker was given");
        }
    }

    private static ModelBundle checked(Path copy, String name, ModelRecord.Release release) throws Refused {
        ModelBundle bundle = ModelBundle.read(copy);
        if (!bundle.manifest().digest().equals(release.digest())) {
            throw new Refused(
                    RefusalCode.MANIFEST_INVALID,
                    "its manifest has digest " + bundle.manifest().digest() + ", announced was " + release.digest());
        }
        if (!bundle.manifest().name().equals(name)) {
            throw new Refused(
                    RefusalCode.NAME_DIFFERS,
                    "it is a model '" + bundle.manifest().name() + "', announced as '" + name + "'");
        }
        return bundle;
    }

    /** Forgets the copies of all other bundles. */
    void keep(Set<String> digests) {
        if (!Files.isDirectory(settings.cache())) {
            return;
        }
        try (Stream<Path> copies = Files.list(settings.cache())) {
            List<Path> gone = copies.filter(
                            copy -> !digests.contains(copy.getFileName().toString()))
                    .toList();
            gone.forEach(BundleCache::delete);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("old bundles could not be removed");
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("an old bundle could not be removed");
        }
    }
}
