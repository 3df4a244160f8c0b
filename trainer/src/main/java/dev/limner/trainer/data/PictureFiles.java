package dev.limner.trainer.data;

import java.util.Set;

/** Which files are pictures, by their extension. */
final class PictureFiles {
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

    private PictureFiles() {}

    /** @param extension in lower case, without the dot */
    static boolean isPicture(String extension) {
        return EXTENSIONS.contains(extension);
    }
}
