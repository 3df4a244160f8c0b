package dev.limner.training.data;

import dev.limner.generator.image.Pixels;

/**
 * An image at 16x16, by which near-duplicates are told: other compressions, sizes and small retouches of a picture hardly
 * change it. All arithmetic is exact, so that an answer is the same on every machine.
 */
final class Thumbnail {
    /** Height and width; no data set has smaller images. */
    static final int SIDE = 16;

    /** Numbers of a thumbnail. */
    static final int LENGTH = 3 * SIDE * SIDE;

    /** Of {@link #sums}. */
    static final int SUMS = 2 + 16;

    private static final int SQUARES = 4;

    /** Where those of the colours stand. */
    private static final int COLOURS = 3;

    /** Of Walsh and Hadamard; those first in which images differ most. */
    private static final int[] PATTERNS = {0, 8, 12, 3, 4, 11, 7, 2, 10, 6, 15, 1, 14, 9, 5, 13};

    private final byte[] rgb;

    private Thumbnail(byte[] rgb) {
        this.rgb = rgb;
    }

    /** The means of an image's squares. */
    static Thumbnail of(Pixels pixels) {
        int step = pixels.width() / SIDE;
        byte[] image = pixels.rgb();
        byte[] rgb = new byte[LENGTH];
        int count = step * step;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int[] sums = new int[3];
                for (int row = y * step; row < (y + 1) * step; row++) {
                    int at = 3 * (row * pixels.width() + x * step);
                    for (int i = 0; i < 3 * step; i++) {
                        sums[i % 3] += image[at + i] & 0xFF;
                    }
                }
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * (y * SIDE + x) + channel] = (byte) ((sums[channel] + count / 2) / count);
                }
            }
        }
        return new Thumbnail(rgb);
    }

    /** The sum of squared differences, or some number above {@code most} if that is exceeded. */
    int difference(Thumbnail other, int most) {
        int sum = 0;
        for (int at = 0; at < LENGTH && sum <= most; at += 3 * SIDE) {
            for (int i = at; i < at + 3 * SIDE; i++) {
                int difference = (rgb[i] & 0xFF) - (other.rgb[i] & 0xFF);
                sum += difference * difference;
            }
        }
        return sum;
    }

    /**
     * Sums of the numbers, some of them taken negative: how light it is, whether rather at the top, how red it is, and so on,
     * those first in which images differ most. Those of two thumbnails that {@link #difference} little are nearly equal: none differs by more than the root of
     * {@link #LENGTH} times the difference.
     */
    int[] sums() {
        int[] squares = new int[SQUARES * SQUARES];
        int redAndBlue = 0;
        int redAndGreen = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int at = 3 * (y * SIDE + x);
                int red = rgb[at] & 0xFF;
                int green = rgb[at + 1] & 0xFF;
                int blue = rgb[at + 2] & 0xFF;
                squares[y / SQUARES * SQUARES + x / SQUARES] += red + green + blue;
                redAndBlue += red - blue;
                redAndGreen += red - green;
            }
        }
        int[] sums = new int[SUMS];
        for (int i = 0; i < PATTERNS.length; i++) {
            int to = i < COLOURS ? i : i + 2;
            for (int square = 0; square < squares.length; square++) {
                sums[to] += Integer.bitCount(PATTERNS[i] & square) % 2 == 0 ? squares[square] : -squares[square];
            }
        }
        sums[COLOURS] = redAndBlue;
        sums[COLOURS + 1] = redAndGreen;
        return sums;
    }
}
