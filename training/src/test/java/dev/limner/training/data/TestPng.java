package dev.limner.training.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes PNGs of every kind, four quadrants of one colour each; ImageIO writes some kinds only. */
final class TestPng {
    static final int SIDE = 32;
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final int colourType;
    private final int depth;
    private final int[][] quadrants;
    private final List<byte[]> before = new ArrayList<>();
    private boolean interlaced;
    private byte @Nullable [] packed;

    /** @param quadrants the samples of the upper left, upper right, lower left and lower right */
    TestPng(int colourType, int depth, int[]... quadrants) {
        this.colourType = colourType;
        this.depth = depth;
        this.quadrants = quadrants.clone();
    }

    TestPng interlaced(boolean yes) {
        interlaced = yes;
        return this;
    }

    /** A chunk before the pixels. */
    TestPng with(String type, byte... content) {
        before.add(chunk(type, content));
        return this;
    }

    TestPng with(String type, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return with(type, bytes);
    }

    /** Other packed pixels than the quadrants. */
    TestPng pixels(byte[] deflated) {
        packed = deflated;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
        out.writeBytes(header(SIDE, SIDE, depth, colourType, interlaced));
        before.forEach(out::writeBytes);
        out.writeBytes(chunk("IDAT", packed == null ? deflate(scanlines()) : packed));
        out.writeBytes(chunk("IEND"));
        return out.toByteArray();
    }

    static byte[] header(int width, int height, int depth, int colourType, boolean interlaced) {
        return chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) colourType)
                        .put((byte) 0)
                        .put((byte) 0)
                        .put((byte) (interlaced ? 1 : 0))
                        .array());
    }

    static byte[] chunk(String type, byte... content) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    private byte[] scanlines() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[][] passes = interlaced ? ADAM7 : new int[][] {{0, 0, 1, 1}};
        for (int[] pass : passes) {
            for (int y = pass[1]; y < SIDE; y += pass[3]) {
                out.write(0);
                int bits = 0;
                int held = 0;
                for (int x = pass[0]; x < SIDE; x += pass[2]) {
                    for (int sample : quadrants[(y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)]) {
                        if (depth == 16) {
                            out.write(sample >> 8);
                            out.write(sample);
                        } else {
                            held = held << depth | sample;
                            bits += depth;
                            if (bits == 8) {
                                out.write(held);
                                bits = 0;
                                held = 0;
                            }
                        }
                    }
                }
                if (bits > 0) {
                    out.write(held << (8 - bits));
                }
            }
        }
        return out.toByteArray();
    }

    static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] buffer = new byte[bytes.length + 100];
        int length = deflater.deflate(buffer);
        deflater.end();
        return java.util.Arrays.copyOf(buffer, length);
    }
}
