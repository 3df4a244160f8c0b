package dev.limner.store.file;

import java.io.IOException;
import java.nio.file.Path;

/** What a {@link FileStore} asks of a file system. Safe from any thread. */
public interface Disk {
    boolean isFolder(Path folder);

    void createFolders(Path folder) throws IOException;

    /** The whole content. */
    byte[] read(Path file) throws IOException;

    boolean exists(Path file);

    /**
     * Writes a file that is not there yet.
     *
     * @param force whether the device must have the bytes before this returns
     */
    void write(Path file, byte[] bytes, boolean force) throws IOException;

    /** The device must have the file's bytes before this returns. */
    void force(Path file) throws IOException;

    /** Somebody counts on the file from now on; whoever clears up goes by its time. */
    void touch(Path file) throws IOException;

    /** Gives a file another name in its folder, replacing what has that name, all at once. */
    void rename(Path file, Path to) throws IOException;

    /** The device must have the folder's names before this returns. */
    void forceFolder(Path folder) throws IOException;

    void deleteIfExists(Path file) throws IOException;
}
