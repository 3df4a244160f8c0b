package dev.limner.store.file;

import dev.limner.protocol.ErrorCode;
import dev.limner.store.OperatorNeededException;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Whose fault it is that an object was not stored, and whether waiting helps. Java has classes for few of the reasons a file
 * system gives; the others are known by what it says and, where that is translated, by what there is.
 *
 * <p>A full disk, a quota, a stale handle, a bad sector and everything unknown passes or is somebody else's: all jobs wait. A
 * folder that may not be written to does not pass by itself: they wait too, and the message says so. Only what the store
 * takes from nobody else, while it takes everything else, is the object's fault, and its job fails.
 */
final class FileStoreFailures {
    private static final List<String> NEVER_PASS = List.of(
            "not a directory",
            "read-only file system",
            "file name too long",
            "operation not permitted",
            "permission denied",
            "too many levels of symbolic links",
            "operation not supported");

    private static final String TEMPORARY = "/.tmp~";
    private static final String FILE_TOO_LARGE = "file too large";

    private FileStoreFailures() {}

    /** Whether this very object is refused, and no other would be in its stead. */
    static boolean isObjects(IOException failure, Path file, Disk disk) {
        return disk.isFolder(file) || said(failure).equals(FILE_TOO_LARGE);
    }

    /** For a job whose image the store does not take. */
    static PermanentException rejected(IOException failure, Path file) {
        return new PermanentException(
                ErrorCode.STORE_REJECTED, "the store does not take " + file + ": " + written(failure), failure);
    }

    /** For everything else: the store's trouble, which costs no job anything. */
    static RetryableException unavailable(IOException failure, Path root, int objects) {
        String message = "the store " + root + " did not take " + objects + " objects: " + written(failure);
        return passes(failure, root)
                ? new RetryableException(message, failure)
                : new OperatorNeededException(message + "; this does not pass by itself", failure);
    }

    private static boolean passes(IOException failure, Path root) {
        boolean named = failure instanceof AccessDeniedException
                || failure instanceof NotDirectoryException
                || isInTheWay(failure)
                || failure instanceof FileSystemLoopException;
        boolean unusable = Files.exists(root) && !(Files.isDirectory(root) && Files.isWritable(root));
        return !named && !unusable && !NEVER_PASS.contains(said(failure));
    }

    /** A file where a folder should be; half written files of others are gone the next time. */
    private static boolean isInTheWay(IOException failure) {
        return failure instanceof FileAlreadyExistsException exists
                && exists.getFile() != null
                && Files.isRegularFile(Path.of(exists.getFile()))
                && !exists.getFile().contains(TEMPORARY);
    }

    /** What the operating system said; the file's name is not part of it. */
    private static String said(IOException failure) {
        String said = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        return said == null ? "" : said.strip().toLowerCase(Locale.ROOT);
    }

    private static String written(IOException failure) {
        return failure.getClass().getSimpleName() + " " + failure.getMessage();
    }
}
