package dev.limner.training.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What the scans of a progressive JPEG have brought: it comes in passes, each over some coefficients and some of their bits,
 * and a decoder shows an image after any of them.
 */
final class JpegScans {
    private static final int COEFFICIENTS = 64;
    private static final int PROGRESSIVE = 0xC2;
    private static final int PROGRESSIVE_ARITHMETIC = 0xCA;
    private static final int START_OF_SCAN = 0xDA;

    /** By component, for each coefficient how many of its low bits are missing; all at first. */
    private final Map<Integer, int[]> missing = new HashMap<>();

    /** @param at where the segment's marker is */
    void segment(byte[] file, int at, int code, int length) {
        if (code == PROGRESSIVE || code == PROGRESSIVE_ARITHMETIC) {
            frame(file, at + 4, length);
        } else if (code == START_OF_SCAN && !missing.isEmpty()) {
            scan(file, at + 4, length);
        }
    }

    private void frame(byte[] file, int at, int length) {
        int components = length < 8 ? 0 : file[at + 5] & 0xFF;
        for (int i = 0; i < components && at + 6 + 3 * i < file.length; i++) {
            int[] bits = new int[COEFFICIENTS];
            Arrays.fill(bits, Integer.MAX_VALUE);
            missing.put(file[at + 6 + 3 * i] & 0xFF, bits);
        }
    }

    private void scan(byte[] file, int at, int length) {
        int components = length < 3 ? 0 : file[at] & 0xFF;
        int rest = at + 1 + 2 * components;
        if (rest + 2 >= file.length) {
            return;
        }
        int from = file[rest] & 0xFF;
        int to = Math.min(COEFFICIENTS - 1, file[rest + 1] & 0xFF);
        int low = file[rest + 2] & 0x0F;
        for (int i = 0; i < components; i++) {
            int[] bits = missing.get(file[at + 1 + 2 * i] & 0xFF);
            for (int k = from; bits != null && k <= to; k++) {
                bits[k] = Math.min(bits[k], low);
            }
        }
    }

    /** Whether something of any coefficient has not come. */
    boolean incomplete() {
        return missing.values().stream().flatMapToInt(Arrays::stream).anyMatch(bits -> bits > 0);
    }
}
