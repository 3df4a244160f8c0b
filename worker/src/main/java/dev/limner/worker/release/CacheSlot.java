package dev.limner.worker.release;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's part of a folder in which several may keep copies of bundles: the first {@code slot-N} that no live process
 * has locked. A worker that starts again finds the copies of the one before it; nobody touches another's. The lock is the
 * operating system's and ends with the process, however that ends.
 *
 * <p>A slot is readable and writable by its owner alone and carries a mark. What lies under such a name without being that
 * is somebody else's: it is left as it is, and the next number is tried.
 */
final class CacheSlot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheSlot.class);
    private static final int MOST_SLOTS = 1000;
    private static final String MARK = ".limner-bundles";

    private final Path folder;
    private final FileChannel lock;

    private CacheSlot(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Takes a slot; makes the folder if it is not there.
     *
     * @throws IllegalArgumentException naming the folder, if it cannot be used
     */
    static CacheSlot take(Path root) {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root.toAbsolutePath().getParent());
                makePrivate(root);
            }
            warnIfOthersCanWrite(root);
            for (int number = 0; number < MOST_SLOTS; number++) {
                Optional<CacheSlot> slot = tryTake(root, number);
                if (slot.isPresent()) {
                    return slot.get();
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "limner.worker.models.cache is " + root + ", which cannot be used: " + e, e);
        }
        throw new IllegalArgumentException("limner.worker.models.cache is " + root + ", where every one of "
                + MOST_SLOTS + " slots is taken or is not a worker's");
    }

    private static Optional<CacheSlot> tryTake(Path root, int number) throws IOException {
        FileChannel channel = FileChannel.open(
                root.resolve("slot-" + number + ".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                readableByOwner(root, "rw-------"));
        try {
            FileLock lock = channel.tryLock();
            Path folder = root.resolve("slot-" + number);
            if (lock != null && prepare(folder)) {
                return Optional.of(new CacheSlot(folder, channel));
            }
        } catch (OverlappingFileLockException e) {
            LOG.atDebug().addKeyValue("slot", number).log("the slot is taken by another worker of this process");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    /** Whether the folder is a slot now, and nobody's but this user's. */
    private static boolean prepare(Path folder) throws IOException {
        try {
            makePrivate(folder);
            Files.createFile(folder.resolve(MARK));
            return true;
        } catch (FileAlreadyExistsException e) {
            // A kill between folder and mark leaves an empty folder, which is as good as none.
            boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && isPrivate(folder)
                    && (Files.isRegularFile(folder.resolve(MARK), LinkOption.NOFOLLOW_LINKS) || markEmpty(folder));
            if (!ours) {
                LOG.atWarn().addKeyValue("folder", folder).log("not a worker's cache, left as it is");
            }
            return ours;
        }
    }

    private static boolean markEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                return false;
            }
        }
        Files.createFile(folder.resolve(MARK));
        return true;
    }

    private static boolean isPrivate(Path folder) throws IOException {
        if (!hasPermissions(folder)) {
            return true;
        }
        Path probe = Files.createTempFile(folder.toAbsolutePath().getParent(), "slot", ".owner");
        try {
            return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe))
                    && othersMay(folder).isEmpty();
        } finally {
            Files.delete(probe);
        }
    }

    /** What anybody but its owner may do with a folder. */
    private static Set<PosixFilePermission> othersMay(Path folder) throws IOException {
        Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
        others.addAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
        others.removeAll(PosixFilePermissions.fromString("rwx------"));
        return others;
    }

    private static void warnIfOthersCanWrite(Path root) throws IOException {
        if (hasPermissions(root)) {
            Set<PosixFilePermission> others = othersMay(root);
            others.retainAll(List.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
            if (!others.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("folder", root)
                        .log("other users can write to the folder of copies of bundles");
            }
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        Files.createDirectory(folder, readableByOwner(folder, "rwx------"));
    }

    private static FileAttribute<?>[] readableByOwner(Path where, String permissions) {
        return hasPermissions(where)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path where) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path folder() {
        return folder;
    }

    /** What the slot's neighbours share: small files that every worker may replace. */
    Path shared(String name) {
        return folder.resolveSibling(name);
    }

    /** Lets another process have the slot with what is in it. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of " + folder + " cannot be given back", e);
        }
    }
}
