package dev.limner.training.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The packed rows of a run-length encoded BMP: its decoder leaves black what does not come. */
final class RunLengths {
    private static final int INFO_HEADER = 40;
    private static final int RLE_8 = 1;
    private static final int RLE_4 = 2;
    private static final int END_OF_LINE = 0;
    private static final int END_OF_BITMAP = 1;
    private static final int DELTA = 2;

    private RunLengths() {}

    /**
     * @param file with all of its header
     * @throws ImageException if it ends before its end mark and before its last row
     */
    static void require(byte[] file) throws ImageException {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 14 + INFO_HEADER || in.getInt(14) < INFO_HEADER) {
            return;
        }
        int packing = in.getInt(30);
        if (packing != RLE_8 && packing != RLE_4) {
            return;
        }
        long width = Math.abs((long) in.getInt(18));
        long height = Math.abs((long) in.getInt(22));
        long x = 0;
        long y = 0;
        long at = in.getInt(10) & 0xFFFFFFFFL;
        while (at + 1 < file.length) {
            int count = file[(int) at] & 0xFF;
            int value = file[(int) at + 1] & 0xFF;
            at += 2;
            if (count > 0) {
                x += count;
            } else if (value == END_OF_BITMAP) {
                return;
            } else if (value == END_OF_LINE) {
                x = 0;
                y++;
            } else if (value == DELTA) {
                if (at + 1 >= file.length) {
                    break;
                }
                x += file[(int) at] & 0xFF;
                y += file[(int) at + 1] & 0xFF;
                at += 2;
            } else {
                x += value;
                long bytes = packing == RLE_8 ? value : (value + 1) / 2;
                at += bytes + (bytes & 1);
            }
        }
        if (y < height - 1 || (y == height - 1 && x < width)) {
            throw ImageException.cutOff("it has " + Math.min(y, height) + " of its " + height + " rows");
        }
    }
}
