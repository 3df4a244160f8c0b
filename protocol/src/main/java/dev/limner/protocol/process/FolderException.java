package dev.limner.protocol.process;

import java.nio.file.Path;

/** A folder cannot hold what a process wants to write: it is no folder, may not be written, or its device is full. */
public final class FolderException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    FolderException(Path folder, String reason, Throwable cause) {
        super("the folder " + folder + " cannot be used: " + reason, cause);
    }
}
