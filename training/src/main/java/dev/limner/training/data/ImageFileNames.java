package dev.limner.training.data;

import java.util.Set;

/** Which files are images, by their extension; which of them can be read, their bytes say. */
final class ImageFileNames {
    private static final Set<String> EXTENSIONS = Set.of(
            "png",
            "apng",
            "jpg",
            "jpeg",
            "jpe",
            "jfif",
            "gif",
            "bmp",
            "webp",
            "tif",
            "tiff",
            "svg",
            // Not read, and then named as what they are.
            "avif",
            "heic",
            "heif",
            "jxl",
            "jp2",
            "j2k",
            "svgz",
            "ico",
            "psd",
            "exr",
            "hdr",
            "dds",
            "ppm",
            "pgm",
            "pbm",
            "pnm",
            "pcx",
            "tga",
            "mng",
            "dib",
            "dng",
            "cr2",
            "cr3",
            "nef",
            "arw",
            "orf",
            "raf",
            "rw2");

    private ImageFileNames() {}

    /** @param extension in lower case, without the dot */
    static boolean isImage(String extension) {
        return EXTENSIONS.contains(extension);
    }

    /** macOS puts one before every file of an archive, and beside every file on a foreign disk. */
    static boolean isResourceFork(String fileName) {
        return fileName.startsWith("._");
    }
}
