package dev.limner.store.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * How an object is removed that somebody may be about to refer to. A writer that finds an object touches it and refers to it
 * then; so it is renamed, looked at once more and, if it was touched in the meantime, given its name back. A kill in between
 * leaves it under the other name: whoever clears the folder next, or starts to write to it, gives it its name back, and a
 * reader that misses an object looks there too.
 */
public final class CondemnedObjects {
    private static final String PREFIX = ".gc~";

    private CondemnedObjects() {}

    /** Told before every step; a test ends the process there. */
    @FunctionalInterface
    public interface Steps {
        /** Nothing watches. */
        Steps UNWATCHED = step -> {};

        void before(String step);
    }

    /**
     * Removes an object unless it was touched.
     *
     * @param untouchedSince the time it must not have been touched after
     * @return whether it is gone
     * @throws NoSuchFileException if somebody else was faster
     */
    public static boolean remove(Path file, Instant untouchedSince, Steps steps) throws IOException {
        Path condemned = condemned(file);
        steps.before("rename");
        Files.move(file, condemned, StandardCopyOption.ATOMIC_MOVE);
        steps.before("look");
        boolean untouched = Files.getLastModifiedTime(condemned).toInstant().isBefore(untouchedSince);
        steps.before(untouched ? "delete" : "restore");
        if (untouched) {
            Files.delete(condemned);
        } else {
            Files.move(condemned, file, StandardCopyOption.ATOMIC_MOVE);
        }
        steps.before("end");
        return untouched;
    }

    /**
     * Gives every object its name back that a kill has left without.
     * Safe beside writers and beside somebody who clears the folder: what is given back untouched is removed another time.
     *
     * @param root the folder of the objects
     * @return how many
     */
    public static int restoreAll(Path root) throws IOException {
        int restored = 0;
        List<Path> found;
        // A link to the folder would be looked at itself.
        try (Stream<Path> files = Files.find(
                root.toRealPath(),
                2,
                (file, attributes) -> attributes.isRegularFile()
                        && file.getFileName().toString().startsWith(PREFIX))) {
            found = files.toList();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path condemned : found) {
            Path file =
                    condemned.resolveSibling(condemned.getFileName().toString().substring(PREFIX.length()));
            if (restore(condemned, file)) {
                restored++;
            }
        }
        return restored;
    }

    /** One that was put anew in the meantime stays: it was touched later than the one that was condemned. */
    private static boolean restore(Path condemned, Path file) throws IOException {
        try {
            Files.createLink(file, condemned);
        } catch (FileAlreadyExistsException e) {
            Files.deleteIfExists(condemned);
            return false;
        } catch (NoSuchFileException e) {
            // Whoever condemned it has finished, or somebody else was faster.
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // A file system without links.
            Files.move(condemned, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
        Files.deleteIfExists(condemned);
        return true;
    }

    /** Where an object is that is to be removed, or was when a kill came in between. */
    public static Path condemned(Path file) {
        return file.resolveSibling(PREFIX + file.getFileName());
    }
}
