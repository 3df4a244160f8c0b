package dev.limner.store.file;

import dev.limner.protocol.Digests;
import dev.limner.store.ObjectStore;
import dev.limner.store.PermanentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files {@code ab/abcd....png} below a folder. A put survives a kill of the process and a loss of power:
 * temporary file, write, force, rename, then force of every folder touched, the whole batch side by side so that one
 * journal commit serves many files.
 *
 * <p>A name that exists proves neither durable nor intact bytes: it is read and compared, replaced if it differs, and
 * forced again. The name is the content's digest, so a rename that replaces what another worker has just put there
 * replaces it with the same bytes, forced as well.
 */
public final class FileStore implements ObjectStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    private static final int PARALLEL_FORCES = 16;
    private static final AtomicLong TEMPORARY = new AtomicLong();

    private final Path root;
    private final Durability durability;
    private final Disk disk;
    private final ExecutorService forces;
    private final String temporaryPrefix;
    /** Folders whose own names the device is known to have. Another process may have made one and not forced it yet. */
    private final Set<Path> named = ConcurrentHashMap.newKeySet();

    /** What a put waits for. */
    public enum Durability {
        /** The device has the bytes and the name: survives a loss of power. */
        FSYNC,
        /** The operating system has them: survives a kill of the process only. */
        OS
    }

    /**
     * A store below a folder. Removes what an earlier process of this name left half written, and gives objects their
     * names back that were about to be removed when somebody was killed.
     *
     * @param instance tells the temporary files of processes that share a folder apart
     */
    public FileStore(Path root, Durability durability, String instance, Disk disk) {
        this.root = root.toAbsolutePath().normalize();
        this.durability = durability;
        this.disk = disk;
        // No instance's name has a tilde, so none is another's beginning.
        this.temporaryPrefix = ".tmp~" + instance + "~";
        this.forces = Executors.newFixedThreadPool(
                PARALLEL_FORCES,
                Thread.ofPlatform().name("limner-force-", 0).daemon().factory());
        sweep();
    }

    private void sweep() {
        if (!Files.isDirectory(root)) {
            return;
        }
        // A link to the folder would be looked at itself.
        try (Stream<Path> files = Files.find(
                root.toRealPath(),
                2,
                (file, attributes) -> attributes.isRegularFile()
                        && file.getFileName().toString().startsWith(temporaryPrefix))) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            int restored = CondemnedObjects.restoreAll(root);
            if (restored > 0) {
                LOG.atInfo().addKeyValue("objects", restored).log("objects of an unfinished clearance are back");
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("half written files could not be removed");
        }
    }

    @Override
    public URI uri(StoreObject object) {
        return file(object).toUri();
    }

    private Path file(StoreObject object) {
        return ObjectPaths.file(root, object.sha256(), object.extension());
    }

    private Path folder(StoreObject object) {
        return ObjectPaths.folder(root, object.sha256());
    }

    @Override
    public List<String> put(List<StoreObject> objects) {
        // The same image twice in a batch must not race with itself.
        Map<Path, StoreObject> distinct = new LinkedHashMap<>();
        List<String> uris = new ArrayList<>(objects.size());
        for (StoreObject object : objects) {
            Path file = file(object);
            distinct.put(file, object);
            uris.add(file.toUri().toString());
        }
        Set<Path> folders = new LinkedHashSet<>();
        try {
            for (StoreObject object : distinct.values()) {
                Path folder = folder(object);
                if (folders.add(folder) && !disk.isFolder(folder)) {
                    named.remove(folder);
                    if (!disk.isFolder(root)) {
                        named.remove(root);
                    }
                    disk.createFolders(folder);
                }
            }
            List<Callable<Void>> writes = new ArrayList<>();
            distinct.forEach((file, object) -> writes.add(() -> {
                putOne(file, object);
                return null;
            }));
            all(writes);
            if (durability == Durability.FSYNC) {
                forceNames(folders);
            }
            return uris;
        } catch (IOException e) {
            throw FileStoreFailures.unavailable(e, root, objects.size());
        }
    }

    /** The folders with their objects, and once per process what leads to them, whoever made it. */
    private void forceNames(Set<Path> folders) throws IOException {
        Set<Path> forced = new LinkedHashSet<>(folders);
        if (!named.containsAll(folders)) {
            forced.add(root);
        }
        boolean above = !named.contains(root);
        all(forced.stream().map(this::forceFolder).toList());
        if (above) {
            for (Path folder = root.getParent(); folder != null; folder = folder.getParent()) {
                try {
                    disk.forceFolder(folder);
                } catch (AccessDeniedException e) {
                    // Who may not read it has not made what is in it.
                    LOG.atDebug()
                            .addKeyValue("folder", folder)
                            .log("a folder above the store cannot be forced to disk");
                }
            }
            named.add(root);
        }
        named.addAll(folders);
    }

    private void putOne(Path file, StoreObject object) throws IOException {
        if (isThere(file, object)) {
            return;
        }
        Path temporary = file.resolveSibling(temporaryPrefix + TEMPORARY.incrementAndGet());
        try {
            disk.write(temporary, object.bytes(), durability == Durability.FSYNC);
            disk.rename(temporary, file);
        } catch (IOException e) {
            // A failed force says nothing about the next one: the file is written anew, never forced again.
            deleteQuietly(temporary);
            if (FileStoreFailures.isObjects(e, file, disk)) {
                throw FileStoreFailures.rejected(e, file);
            }
            throw e;
        }
    }

    /** Whether the object is there, whole, and stays there; one that another user left and that cannot be kept is not. */
    private boolean isThere(Path file, StoreObject object) {
        try {
            if (!disk.exists(file) || disk.isFolder(file) || !object.sha256().equals(Digests.sha256(disk.read(file)))) {
                return false;
            }
            disk.touch(file);
            if (durability == Durability.FSYNC) {
                disk.force(file);
            }
            // Whoever clears the store may have renamed it before it was touched.
            return disk.exists(file);
        } catch (IOException e) {
            // Also after a failed force, which is never tried a second time.
            LOG.atDebug()
                    .addKeyValue("object", file)
                    .addKeyValue("error", e.toString())
                    .log("an object is written again");
            return false;
        }
    }

    private void deleteQuietly(Path file) {
        try {
            disk.deleteIfExists(file);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.toString()).log("a half written file stays until the next start");
        }
    }

    private Callable<Void> forceFolder(Path folder) {
        return () -> {
            disk.forceFolder(folder);
            return null;
        };
    }

    private void all(List<Callable<Void>> tasks) throws IOException {
        try {
            for (Future<Void> done : forces.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof PermanentException rejected) {
                throw rejected;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a put failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while putting", e);
        }
    }

    @Override
    public void close() {
        forces.shutdownNow();
    }
}
