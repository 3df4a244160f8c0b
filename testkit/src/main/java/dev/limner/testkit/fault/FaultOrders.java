package dev.limner.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders to a worker, given as files in a folder of its own. Some are taken, which deletes the file, and obeyed once;
 * others hold as long as they are there. Where an order took effect a file {@code hit-ORDER} appears. Safe from any thread.
 */
public final class FaultOrders {
    /** The exit code of a process that ended itself on order; that of a SIGKILL. */
    static final int KILLED = 137;

    private static final Logger LOG = LoggerFactory.getLogger(FaultOrders.class);

    private final Path folder;

    /** @param folder of this worker alone */
    public FaultOrders(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    KitSettings.property(KitSettings.WORKER, KitSettings.ORDERS) + " is " + folder
                            + ", which cannot be used",
                    e);
        }
        LOG.atWarn().addKeyValue("folder", folder).log("this worker takes orders to fail");
    }

    /** Ends the process if that was ordered. */
    public void crash(String order) {
        if (taken(order)) {
            halt();
        }
    }

    /** Ends the process as SIGKILL would. */
    public static void halt() {
        Runtime.getRuntime().halt(KILLED);
    }

    /** Whether an order was there; it is not any more. */
    public boolean taken(String order) {
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

    /** Whether an order holds; its text if so. */
    public Optional<String> holds(String order) {
        Optional<String> text = text(order);
        if (text.isPresent()) {
            hit(order);
        }
        return text;
    }

    /** The text of an order that is there, without taking or marking it. */
    public Optional<String> text(String order) {
        Path file = folder.resolve(order);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
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
