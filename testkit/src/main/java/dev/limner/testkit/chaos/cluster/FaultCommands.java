package dev.limner.testkit.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Orders to workers to fail, as files in a folder per worker, and the marks of those that took effect. */
public final class FaultCommands {
    private final Path folder;

    FaultCommands(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    public void give(String worker, String order, String text) {
        try {
            Path mine = Files.createDirectories(folder.resolve(worker));
            Files.deleteIfExists(mine.resolve("hit-" + order));
            Files.writeString(mine.resolve(order), text);
        } catch (IOException e) {
            throw new UncheckedIOException("the order " + order + " cannot be given", e);
        }
    }

    public void takeBack(String worker, String order) {
        try {
            Files.deleteIfExists(folder.resolve(worker).resolve(order));
        } catch (IOException e) {
            throw new UncheckedIOException("the order " + order + " cannot be taken back", e);
        }
    }

    /** Whether an order took effect since it was given. */
    public boolean hit(String worker, String order) {
        return Files.exists(folder.resolve(worker).resolve("hit-" + order));
    }
}
