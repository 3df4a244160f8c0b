package dev.limner.training.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whether an image file ends where its format says: decoders fill what is missing with grey and call it an image. Every
 * method walks the file's parts without unpacking them.
 */
final class WholeFile {
    private static final int MARKER = 0xFF;

    private WholeFile() {}

    /**
     * @return whether it is progressive and lacks some of its passes, which a decoder does not mind
     * @throws ImageException if there is no end marker; what follows one is none of this image
     */
    static boolean requireJpeg(byte[] file) throws ImageException {
        JpegScans scans = new JpegScans();
        int at = 2;
        while (at + 1 < file.length) {
            int code = file[at + 1] & 0xFF;
            if ((file[at] & 0xFF) != MARKER || code == 0 || code == MARKER) {
                at++;
            } else if (code == 0xD9) {
                return scans.incomplete();
            } else if (code == 1 || (code >= 0xD0 && code <= 0xD8)) {
                at += 2;
            } else if (at + 3 >= file.length) {
                break;
            } else {
                // The packed pixels after a start of scan hold markers only where one is meant.
                int length = Math.max(2, (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF));
                scans.segment(file, at, code, length);
                at += 2 + length;
            }
        }
        throw ImageException.cutOff("it has no end marker");
    }

    /**
     * The frames of a GIF.
     *
     * @param width of the canvas that frames are laid on
     * @param height of the canvas
     * @param count of the frames
     */
    record Frames(int width, int height, int count) {
        long pixels() {
            return (long) width * height;
        }
    }

    /** @throws ImageException if its end is missing, or a frame */
    static Frames requireGif(byte[] file) throws ImageException {
        if (file.length < 13) {
            throw ImageException.cutOff("it ends inside its header");
        }
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int width = header.getShort(6) & 0xFFFF;
        int height = header.getShort(8) & 0xFFFF;
        int at = 13 + colours(file[10]);
        int frames = 0;
        while (at < file.length) {
            switch (file[at]) {
                case 0x3B -> {
                    if (frames == 0) {
                        throw ImageException.damaged("it has no frame");
                    }
                    return new Frames(width, height, frames);
                }
                // Some writers end a frame twice.
                case 0 -> at++;
                case 0x21 -> at = afterBlocks(file, at + 2);
                case 0x2C -> {
                    if (at + 9 >= file.length) {
                        throw ImageException.cutOff("it ends inside frame " + (frames + 1));
                    }
                    at = afterBlocks(file, at + 11 + colours(file[at + 9]));
                    frames++;
                }
                default -> throw ImageException.damaged("it has an unknown part after frame " + frames);
            }
        }
        throw ImageException.cutOff("it has no end marker after frame " + frames);
    }

    private static int colours(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /** Blocks are a length and as many bytes; one of length 0 is the last. */
    private static int afterBlocks(byte[] file, int start) {
        int at = start;
        while (at < file.length && file[at] != 0) {
            at += 1 + (file[at] & 0xFF);
        }
        return at + 1;
    }

    /** @return how many frames an animated one has, else 1 */
    static int requireWebp(byte[] file) throws ImageException {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 12 || (in.getInt(4) & 0xFFFFFFFFL) + 8 > file.length) {
            throw ImageException.cutOff("it says it has " + (file.length < 8 ? 12 : (in.getInt(4) & 0xFFFFFFFFL) + 8)
                    + " bytes and has " + file.length);
        }
        long end = (in.getInt(4) & 0xFFFFFFFFL) + 8;
        byte[] frame = "ANMF".getBytes(StandardCharsets.US_ASCII);
        int frames = 0;
        long at = 12;
        while (at + 8 <= end) {
            if (Arrays.equals(file, (int) at, (int) at + 4, frame, 0, 4)) {
                frames++;
            }
            long length = in.getInt((int) at + 4) & 0xFFFFFFFFL;
            at += 8 + length + (length & 1);
        }
        // A last chunk of odd length may lack its padding.
        if (at > end + 1) {
            throw ImageException.cutOff("it ends inside its last chunk");
        }
        return Math.max(1, frames);
    }

    /** @throws ImageException if it says it is longer; a size of 0, as some write, says nothing */
    static void requireBmp(byte[] file) throws ImageException {
        if (file.length < 26) {
            throw ImageException.cutOff("it ends inside its header");
        }
        long size = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(2) & 0xFFFFFFFFL;
        if (size > file.length) {
            throw ImageException.cutOff("it says it has " + size + " bytes and has " + file.length);
        }
        RunLengths.require(file);
    }
}
