package dev.limner.protocol.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A claim on a folder: exclusive for what one process alone may write, shared for what several use at once. The operating
 * system ends it with the process that took it, however that ends; a file that a dead process left behind claims nothing.
 * The claim is on the file {@value #FILE} in the folder, so it holds whatever path leads there, and only among those who ask.
 * On a network file system it reaches as far as the system's locks do: NFS mounted with {@code nolock} keeps it on one
 * machine.
 *
 * <p>Safe from any thread. Within one process a claim excludes others as it does between processes.
 */
public final class FolderLock implements AutoCloseable {
    /** Kafka locks a {@code .lock} of its own in its folders, only after it has opened them. */
    public static final String FILE = ".limner.lock";

    private static final int TRIES = 100;
    private static final long TRY_EVERY_MILLIS = 20;
    private static final int MOST_BYTES = 1 << 16;

    /**
     * What this process holds, by the identity of the lock's file. Where locks belong to a process, closing any channel of a
     * locked file gives the lock up: nothing here may open one that is held.
     */
    private static final Map<Object, Held> HELD = new HashMap<>();

    private final Path folder;
    private final Object key;
    private final List<ProcessMark> leftOver;
    private boolean closed;

    private FolderLock(Path folder, Object key, List<ProcessMark> leftOver) {
        this.folder = folder;
        this.key = key;
        this.leftOver = List.copyOf(leftOver);
    }

    private static final class Held {
        private final FileChannel channel;
        private final boolean shared;
        private LockHolder holder;
        private int claims = 1;

        Held(FileChannel channel, boolean shared, LockHolder holder) {
            this.channel = channel;
            this.shared = shared;
            this.holder = holder;
        }
    }

    /**
     * Takes a folder for this process alone; makes it if it is not there.
     *
     * @param command what the user started: whoever comes second is told so
     * @throws FolderInUseException if anybody has it, exclusively or shared
     * @throws FolderException if the folder cannot be made or written
     */
    public static FolderLock exclusive(Path folder, String command) {
        return take(folder, command, false);
    }

    /**
     * Takes a folder together with others who take it so; makes it if it is not there.
     *
     * @param command what the user started
     * @throws FolderInUseException if somebody has it exclusively
     * @throws FolderException if the folder cannot be made or written
     */
    public static FolderLock shared(Path folder, String command) {
        return take(folder, command, true);
    }

    private static FolderLock take(Path folder, String command, boolean shared) {
        try {
            Files.createDirectories(folder);
            for (int attempt = 1; ; attempt++) {
                Optional<FolderLock> taken = attempt(folder, command, shared, attempt == TRIES);
                if (taken.isPresent()) {
                    return taken.get();
                }
                Thread.sleep(TRY_EVERY_MILLIS);
            }
        } catch (IOException e) {
            throw new FolderException(folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + folder, e);
        }
    }

    /** Empty if the answer is not clear yet: the file was replaced meanwhile, or its holder has not written who it is. */
    private static Optional<FolderLock> attempt(Path folder, String command, boolean shared, boolean last)
            throws IOException {
        Path file = folder.resolve(FILE);
        synchronized (HELD) {
            Object key = identity(file);
            Held own = HELD.get(key);
            if (own != null) {
                if (shared && own.shared) {
                    own.claims++;
                    return Optional.of(new FolderLock(folder, key, List.of()));
                }
                throw new FolderInUseException(folder, own.holder.describe());
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean kept = false;
            try {
                FileLock lock = tryLock(channel, shared);
                if (lock != null && key.equals(identity(file))) {
                    FolderLock taken = taken(folder, key, channel, new Held(channel, shared, LockHolder.here(command)));
                    kept = true;
                    return Optional.of(taken);
                }
                if (lock == null) {
                    Optional<LockHolder> holder = read(channel).filter(LockHolder::alive);
                    if (holder.isPresent() || last) {
                        throw new FolderInUseException(
                                folder, holder.map(LockHolder::describe).orElse("another process"));
                    }
                }
                return Optional.empty();
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            // This class, loaded a second time into this process.
            return null;
        }
    }

    private static FolderLock taken(Path folder, Object key, FileChannel channel, Held held) throws IOException {
        List<ProcessMark> leftOver = read(channel)
                .filter(before -> before.local() && before.process().find().isEmpty())
                .map(before -> before.children().stream()
                        .filter(child -> child.find().isPresent())
                        .toList())
                .orElse(List.of());
        // Of those who share it, the latest one is named.
        write(channel, held.holder);
        HELD.put(key, held);
        return new FolderLock(folder, key, leftOver);
    }

    /** What tells the lock's file from every other; makes the file if need be. */
    private static Object identity(Path file) throws IOException {
        while (true) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                @Nullable Object key = attributes.fileKey();
                return key == null ? file.toRealPath() : key;
            } catch (NoSuchFileException e) {
                if (Files.isSymbolicLink(file)) {
                    throw new FileSystemException(
                            file.toString(), null, "Its file " + FILE + " is a link to nothing, remove it");
                }
                try {
                    Files.createFile(file);
                } catch (FileAlreadyExistsException raced) {
                    // Somebody else has made it: look at theirs.
                }
            }
        }
    }

    private static Optional<LockHolder> read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), MOST_BYTES));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            // Until all is read.
        }
        byte[] read = new byte[bytes.position()];
        bytes.flip().get(read);
        return LockHolder.decode(read);
    }

    private static void write(FileChannel channel, LockHolder holder) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(holder.encode());
        while (bytes.hasRemaining()) {
            int unused = channel.write(bytes, bytes.position());
        }
        channel.truncate(bytes.limit());
    }

    /** The folder, as it was given. */
    public Path folder() {
        return folder;
    }

    /**
     * Processes that the last holder started and that outlive it: it was killed. They may still use what is in the folder.
     */
    public List<ProcessMark> leftOver() {
        return leftOver;
    }

    /**
     * Writes down which processes this one has started, all of them each time: the next holder finds those that outlive it.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public void children(List<ProcessMark> started) {
        synchronized (HELD) {
            Held held = HELD.get(key);
            if (closed || held == null) {
                throw new IllegalStateException("the lock on " + folder + " has been given up");
            }
            held.holder = held.holder.withChildren(started);
            try {
                write(held.channel, held.holder);
            } catch (IOException e) {
                throw new UncheckedIOException("the lock on " + folder + " cannot be written", e);
            }
        }
    }

    /** Gives the folder up. Safe to call twice. */
    @Override
    public void close() {
        synchronized (HELD) {
            Held held = HELD.get(key);
            if (closed || held == null) {
                return;
            }
            closed = true;
            held.claims--;
            if (held.claims > 0) {
                return;
            }
            HELD.remove(key);
            try (FileChannel channel = held.channel) {
                if (!held.shared) {
                    channel.truncate(0);
                }
            } catch (IOException e) {
                // The lock is gone with its channel; what the file says counts for nothing without one.
            }
        }
    }
}
