package dev.limner.generator.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/** The part of PNG's container that carries text: iTXt chunks (PNG third edition, 11.3.3.4). */
public final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final long MAGIC = 0x89504E470D0A1A0AL;
    private static final int TYPE_AND_CRC = 8;
    private static final int KEYWORD_TAIL = 5;

    private PngChunks() {}

    /** An uncompressed iTXt chunk without language or translated keyword. */
    static byte[] text(String keyword, String text) {
        byte[] key = keyword.getBytes(StandardCharsets.ISO_8859_1);
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        int length = key.length + KEYWORD_TAIL + value.length;
        ByteBuffer chunk = ByteBuffer.allocate(4 + TYPE_AND_CRC + length);
        chunk.putInt(length).put("iTXt".getBytes(StandardCharsets.US_ASCII)).put(key);
        chunk.put(new byte[KEYWORD_TAIL]).put(value);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + length);
        return chunk.putInt((int) crc.getValue()).array();
    }

    /** The text of a file's iTXt chunk with this keyword, as {@link ImageEncoder} writes it. */
    public static Optional<String> read(byte[] png, String keyword) {
        byte[] key = keyword.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer file = ByteBuffer.wrap(png);
        if (png.length < SIGNATURE || file.getLong(0) != MAGIC) {
            return Optional.empty();
        }
        int at = SIGNATURE;
        while (at + 4 + TYPE_AND_CRC <= png.length) {
            int length = file.getInt(at);
            if (length < 0 || length > png.length - at - 4 - TYPE_AND_CRC) {
                return Optional.empty();
            }
            String type = new String(png, at + 4, 4, StandardCharsets.US_ASCII);
            String data = new String(png, at + 8, length, StandardCharsets.UTF_8);
            int head = key.length + KEYWORD_TAIL;
            if (type.equals("iTXt") && length >= head && data.startsWith(keyword + "\0")) {
                return Optional.of(new String(png, at + 8 + head, length - head, StandardCharsets.UTF_8));
            }
            at += 4 + TYPE_AND_CRC + length;
        }
        return Optional.empty();
    }
}
