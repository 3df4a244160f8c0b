package dev.limner.generator.arithmetic;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import org.jspecify.annotations.Nullable;

/** A convolution with stride 1, as a library computes it, or as something stands between us and the library. */
@FunctionalInterface
public interface RawConvolution {
    /** What libtorch makes of it. */
    RawConvolution LIBRARY = (input, kernel, bias, border) -> Conv2d.conv2d(
                    input, kernel, bias, new Shape(1, 1), new Shape(border, border))
            .head();

    /**
     * Computes.
     *
     * @param input (n, in, h, w)
     * @param kernel (out, in, k, k)
     * @param bias (out), or null for none
     * @param border zeros on each side of the image
     * @return (n, out, h + 2 border - k + 1, w + 2 border - k + 1), owned by the manager of {@code input}
     */
    NDArray apply(NDArray input, NDArray kernel, @Nullable NDArray bias, long border);
}
