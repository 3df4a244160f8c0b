package dev.limner.trainer.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Files that may be gzipped. */
final class Gzip {
    private static final int MAGIC_FIRST = 0x1f;
    private static final int MAGIC_SECOND = 0x8b;

    private Gzip() {}

    /** Opens a file, unpacking it if its first bytes say that it is gzipped; the name does not matter. */
    static InputStream open(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        int first = in.read();
        int second = in.read();
        in.reset();
        return first == MAGIC_FIRST && second == MAGIC_SECOND ? new GZIPInputStream(in, 1 << 16) : in;
    }
}
