package dev.limner.launcher;

import dev.limner.protocol.process.FolderInUseException;
import dev.limner.protocol.process.FolderLock;
import dev.limner.protocol.process.ProcessMark;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Folders that a command takes before it writes to them, with messages that say what a user can do. */
public final class FolderClaims {
    /** Longer than a process takes that ends with its parent. */
    private static final Duration LEFT_OVER_ENDS_WITHIN = Duration.ofSeconds(35);

    /** Held until the process ends: nothing may follow a command into its folder. */
    private static final Map<Path, FolderLock> KEPT = new ConcurrentHashMap<>();

    private FolderClaims() {}

    /**
     * Takes the folder that a fleet runs over. If the last fleet there was killed, waits until what it started has ended;
     * what hangs is ended.
     *
     * @param command what the user started
     * @param otherwise what else the user could do than stop whoever has it
     * @throws IllegalStateException if somebody has it; the message says who
     */
    public static FolderLock fleet(Path folder, String command, String otherwise, PrintWriter terminal)
            throws InterruptedException {
        FolderLock lock = exclusive(folder, command, otherwise);
        boolean kept = false;
        try {
            for (ProcessMark child : lock.leftOver()) {
                awaitEnd(child, terminal);
            }
            kept = true;
            return lock;
        } finally {
            if (!kept) {
                lock.close();
            }
        }
    }

    private static void awaitEnd(ProcessMark child, PrintWriter terminal) throws InterruptedException {
        Optional<ProcessHandle> found = child.find();
        if (found.isEmpty()) {
            return;
        }
        ProcessHandle process = found.get();
        terminal.println(child.name() + " (process " + child.pid()
                + ") of a fleet that was killed still runs; waiting until it has stopped");
        terminal.flush();
        try {
            process.onExit().get(LEFT_OVER_ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            terminal.println(child.name() + " (process " + child.pid() + ") hangs and is ended");
            terminal.flush();
            boolean unused = process.destroyForcibly();
            process.onExit().join();
        } catch (ExecutionException e) {
            throw new IllegalStateException("process " + child.pid() + " cannot be waited for", e);
        }
    }

    /**
     * Takes a folder for this process alone.
     *
     * @param otherwise what else the user could do than stop whoever has it
     * @throws IllegalStateException if somebody has it; the message says who
     */
    public static FolderLock exclusive(Path folder, String command, String otherwise) {
        try {
            return FolderLock.exclusive(folder, command);
        } catch (FolderInUseException e) {
            throw new IllegalStateException(e.getMessage() + "; stop it or " + otherwise, e);
        }
    }

    /**
     * Takes a folder that others may use too, as long as nobody empties it.
     *
     * @throws IllegalStateException if somebody has it to themselves; the message says who
     */
    public static FolderLock shared(Path folder, String command, String otherwise) {
        try {
            return FolderLock.shared(folder, command);
        } catch (FolderInUseException e) {
            throw new IllegalStateException(e.getMessage() + "; stop it or " + otherwise, e);
        }
    }

    /**
     * Takes a folder for this process alone until it ends, and empties it.
     *
     * @throws IllegalStateException if somebody has it; nothing is deleted then
     */
    public static void empty(Path folder, String command) {
        keep(folder, command);
        Folders.empty(folder);
    }

    /**
     * Takes a folder for this process alone until it ends, and leaves what is in it. Once it is taken, nothing happens.
     *
     * @throws IllegalStateException if somebody else has it
     */
    public static void keep(Path folder, String command) {
        KEPT.computeIfAbsent(
                folder.toAbsolutePath().normalize(), path -> exclusive(path, command, "wait until it has ended"));
    }
}
