package dev.limner.training.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Files that may be gzipped. */
final class GzipFiles {
    private static final int HEAD = 6;
    private static final byte[] MAGIC = {0x1f, (byte) 0x8b};

    /** What others pack tar files with. */
    private static final Map<String, byte[]> OTHERS = Map.of(
            "xz", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0},
            "Zstandard", new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
            "bzip2", new byte[] {'B', 'Z', 'h'},
            "zip", new byte[] {'P', 'K', 3, 4});

    private GzipFiles() {}

    /**
     * Opens a file, unpacking it if its first bytes say that it is gzipped; the name does not matter.
     *
     * @throws IOException also if it is packed in another way
     */
    static InputStream open(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            in.mark(HEAD);
            byte[] head = in.readNBytes(HEAD);
            in.reset();
            for (Map.Entry<String, byte[]> other : OTHERS.entrySet()) {
                if (begins(head, other.getValue())) {
                    throw new IOException("it is packed with " + other.getKey() + "; plain files and gzip are read");
                }
            }
            return begins(head, MAGIC) ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static boolean begins(byte[] head, byte[] magic) {
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
