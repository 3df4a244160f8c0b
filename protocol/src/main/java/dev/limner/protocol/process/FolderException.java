package dev.limner.protocol.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A folder cannot hold what a process wants to write: it is no folder, may not be written, or its device is full. */
public final class FolderException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    FolderException(Path folder, IOException cause) {
        super("the folder " + folder + " cannot be used: " + reason(cause), cause);
    }

    private static String reason(IOException failure) {
        if (NoSpace.causes(failure)) {
            return NoSpace.REASON;
        }
        if (failure instanceof AccessDeniedException) {
            return "it may not be written (permission denied)";
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return "there is a file of that name, or of a folder above it";
        }
        if (failure instanceof FileSystemException named && named.getReason() != null) {
            return "Not a directory".equals(named.getReason())
                    ? "there is a file of that name, or of a folder above it"
                    : lowerCase(named.getReason());
        }
        return String.valueOf(failure.getMessage());
    }

    private static String lowerCase(String reason) {
        return Character.toLowerCase(reason.charAt(0)) + reason.substring(1);
    }
}
