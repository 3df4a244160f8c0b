package dev.limner.generator.arithmetic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A convolution whose channel counts are multiples of 16, whatever they are outside: channels of zeros are appended to
 * input, kernel and bias, and what they give is cut off again. Exact forward and backward up to the order of sums. What is
 * made on the way is given back at once; a recorded computation keeps what it needs itself.
 *
 * @param raw what computes the padded form
 */
record PaddedConvolution(RawConvolution raw) implements RawConvolution {
    private static final long MULTIPLE = 16;

    @Override
    public NDArray apply(NDArray input, NDArray kernel, @Nullable NDArray bias, long border) {
        long out = kernel.getShape().get(0);
        long moreOut = missing(out);
        long moreIn = missing(kernel.getShape().get(1));
        if (moreOut == 0 && moreIn == 0) {
            return raw.apply(input, kernel, bias, border);
        }
        // The padding of the last axis comes first.
        try (Padded wideInput = Padded.of(input, moreIn == 0 ? null : new Shape(0, 0, 0, 0, 0, moreIn));
                Padded wideKernel = Padded.of(kernel, new Shape(0, 0, 0, 0, 0, moreIn, 0, moreOut));
                Padded wideBias = bias == null ? null : Padded.of(bias, moreOut == 0 ? null : new Shape(0, moreOut))) {
            NDArray wide =
                    raw.apply(wideInput.array, wideKernel.array, wideBias == null ? null : wideBias.array, border);
            if (moreOut == 0) {
                return wide;
            }
            try (wide) {
                return wide.get(":, 0:{}", out);
            }
        }
    }

    /** Whether a convolution of these channel counts is changed. */
    static boolean changes(long in, long out) {
        return missing(in) != 0 || missing(out) != 0;
    }

    private static long missing(long channels) {
        return Math.floorMod(-channels, MULTIPLE);
    }

    /** An array with zeros behind it, or the array itself, which stays its owner's. */
    private record Padded(NDArray array, boolean own) implements AutoCloseable {
        static Padded of(NDArray array, @Nullable Shape more) {
            return more == null ? new Padded(array, false) : new Padded(array.pad(more, 0), true);
        }

        @Override
        public void close() {
            if (own) {
                array.close();
            }
        }
    }
}
