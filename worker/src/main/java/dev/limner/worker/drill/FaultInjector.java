package dev.limner.worker.drill;

import dev.limner.worker.fault.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders to a worker, given as files in a folder of its own. A file {@code crash-after-store} ends the process at that
 * {@link CrashPoint}, once; {@code disk-full}, {@code disk-slow}, {@code device-fails} and {@code device-memory} hold as
 * long as they are there, {@code device-stuck} likewise keeps the device at its batch; {@code error-in} throws an error in
 * the thread whose name begins with the file's text. Where an order took effect a file {@code hit-ORDER} appears. Safe from any thread.
 */
public final class FaultInjector implements CrashPoint.Watch {
    /** The exit code of a process that ended itself here; that of a SIGKILL. */
    public static final int KILLED = 137;

    private static final Logger LOG = LoggerFactory.getLogger(FaultInjector.class);
    private static final String ERROR_ORDER = "error-in";
    /** About what a commit takes. */
    private static final int COMMIT_NANOS = 4_000_000;

    private final Path folder;

    /** @param folder of this worker alone */
    public FaultInjector(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("limner.worker.drill.folder " + folder + " cannot be used", e);
        }
        LOG.atWarn().addKeyValue("folder", folder).log("this worker takes orders to fail");
    }

    @Override
    public void reached(CrashPoint point) {
        failIfOrdered();
        String order = "crash-" + point.name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (point == CrashPoint.MID_COMMIT) {
            if (taken(order)) {
                Thread.ofPlatform().daemon().start(FaultInjector::killSoon);
            }
        } else {
            crash(order);
        }
    }

    /**
     * Throws an error if that was ordered for this thread: a file {@code error-in} holds the beginning of its name. The
     * order is taken: it is obeyed once.
     */
    void failIfOrdered() {
        Path order = folder.resolve(ERROR_ORDER);
        if (!Files.exists(order)) {
            return;
        }
        try {
            String thread = Files.readString(order).strip();
            if (thread.isEmpty() || !Thread.currentThread().getName().startsWith(thread)) {
                return;
            }
        } catch (IOException e) {
            // Taken back or taken by another thread this very moment.
            return;
        }
        if (taken(ERROR_ORDER)) {
            throw new LinkageError(
                    "the drill's error in " + Thread.currentThread().getName());
        }
    }

    /** Ends the process if that was ordered. */
    void crash(String order) {
        if (taken(order)) {
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private boolean taken(String order) {
        try {
            if (Files.deleteIfExists(folder.resolve(order))) {
                hit(order);
                return true;
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("the order " + order + " cannot be taken", e);
        }
    }

    private static void killSoon() {
        try {
            Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextInt(1000, COMMIT_NANOS)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(KILLED);
    }

    /** Whether an order holds; its text if so. */
    Optional<String> holds(String order) {
        Path file = folder.resolve(order);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        hit(order);
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            // Taken back this very moment.
            return Optional.empty();
        }
    }

    private void hit(String order) {
        try {
            Files.writeString(folder.resolve("hit-" + order), "");
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("the mark of an order cannot be written");
        }
    }
}
