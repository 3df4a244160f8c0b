package dev.limner.protocol.process;

import java.nio.file.Path;

/** Another process, or another part of this one, uses a folder in a way that excludes the wanted one. */
public final class FolderInUseException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * @param holder who has it, as a user should read it: "`limner up` (process 1234, since 12:03)"
     */
    public FolderInUseException(Path folder, String holder) {
        super(folder + " is in use by " + holder);
    }
}
