package dev.limner.training.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The chunks of a WebP that is whole. */
final class WebpFile {
    private static final int HEADER = 12;
    private static final int CHUNK = 8;
    private static final byte PROFILE_FLAG = 0x20;

    private WebpFile() {}

    /** The same image without its colour profile, which its decoder insists on; the same bytes if it has none. */
    static byte[] withoutProfile(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.write(file, 0, HEADER);
        long at = HEADER;
        boolean found = false;
        while (at + CHUNK <= file.length) {
            int start = (int) at;
            long length = in.getInt(start + 4) & 0xFFFFFFFFL;
            int end = (int) Math.min(file.length, at + CHUNK + length + (length & 1));
            if (named(file, start, "ICCP")) {
                found = true;
            } else {
                byte[] chunk = new byte[end - start];
                System.arraycopy(file, start, chunk, 0, chunk.length);
                if (named(file, start, "VP8X") && chunk.length > CHUNK) {
                    chunk[CHUNK] &= ~PROFILE_FLAG;
                }
                rest.writeBytes(chunk);
            }
            at = end;
        }
        if (!found) {
            return file;
        }
        byte[] whole = rest.toByteArray();
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(4, whole.length - CHUNK);
        return whole;
    }

    private static boolean named(byte[] file, int at, String name) {
        return new String(file, at, 4, StandardCharsets.ISO_8859_1).equals(name);
    }
}
