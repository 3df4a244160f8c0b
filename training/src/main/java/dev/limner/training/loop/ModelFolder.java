package dev.limner.training.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * {@code model/} of a training: the bundle of the best check so far, always a whole one. A better one is written beside it
 * and takes its place when it is whole, so that neither a full disk nor a kill costs the one before. One thread.
 *
 * @param folder of the training
 */
record ModelFolder(Path folder) {
    private static final String MODEL = "model";
    private static final String NEXT = "model.next";
    private static final String BEFORE = "model.before";

    /** Where the bundle is. */
    Path model() {
        return folder.resolve(MODEL);
    }

    /**
     * Puts another bundle in its place.
     *
     * @param write writes the bundle into a folder, and throws if it cannot write all of it
     */
    void replace(Consumer<Path> write) {
        settle();
        Path next = folder.resolve(NEXT);
        Path before = folder.resolve(BEFORE);
        try {
            Files.createDirectories(next);
            try {
                write.accept(next);
            } catch (RuntimeException e) {
                // Half a bundle must not take the room that is missing.
                delete(next);
                throw e;
            }
            if (Files.exists(model())) {
                move(model(), before);
            }
            move(next, model());
            delete(before);
        } catch (IOException e) {
            throw new UncheckedIOException("the model cannot be put into " + model(), e);
        }
    }

    /** Ends what a kill has left half done. */
    void settle() {
        Path next = folder.resolve(NEXT);
        Path before = folder.resolve(BEFORE);
        try {
            if (Files.exists(before) && !Files.exists(model())) {
                // The one before made room for a bundle that was whole by then.
                move(Files.exists(next) ? next : before, model());
            }
            delete(next);
            delete(before);
        } catch (IOException e) {
            throw new UncheckedIOException("what a killed training left in " + folder + " cannot be cleared", e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A bundle has files only. */
    private static void delete(Path bundle) throws IOException {
        if (!Files.isDirectory(bundle, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(bundle);
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bundle)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(bundle);
    }
}
