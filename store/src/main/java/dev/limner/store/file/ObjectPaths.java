package dev.limner.store.file;

import java.nio.file.Path;

/** Where an object is in a file store: {@code ab/abcd....png}, by its digest. The one rule for whoever writes, reads or clears. */
public final class ObjectPaths {
    private static final int FOLDER_DIGITS = 2;

    private ObjectPaths() {}

    /**
     * The folder of all objects of a digest.
     *
     * @param sha256 64 lower-case hexadecimal digits
     */
    public static Path folder(Path root, String sha256) {
        return root.resolve(sha256.substring(0, FOLDER_DIGITS));
    }

    /**
     * The file of an object.
     *
     * @param sha256 64 lower-case hexadecimal digits
     * @param extension without the dot
     */
    public static Path file(Path root, String sha256, String extension) {
        return folder(root, sha256).resolve(sha256 + "." + extension);
    }
}
