package dev.limner.generator.arithmetic;

/**
 * Single values of a convolution and its gradients in plain loops, in double precision: what libtorch is held against.
 * Not for speed, so it is asked for a few values only.
 *
 * @param input (n, in, side, side)
 * @param kernel (out, in, k, k)
 * @param bias (out)
 * @param slope the gradient of some loss by the output, (n, out, sideOut, sideOut)
 */
record ConvolutionReference(ConvolutionShape shape, float[] input, float[] kernel, float[] bias, float[] slope) {
    /**
     * A sum of products.
     *
     * @param size the sum of the products' absolute values, by which a rounding error is judged
     */
    record Value(double sum, double size) {}

    private static final class Sum {
        private double sum;
        private double size;

        void add(double product) {
            sum += product;
            size += Math.abs(product);
        }

        Value value() {
            return new Value(sum, size);
        }
    }

    Value output(int image, int channel, int y, int x) {
        Sum sum = new Sum();
        sum.add(bias[channel]);
        for (int from = 0; from < shape.in(); from++) {
            for (int ky = 0; ky < shape.kernel(); ky++) {
                for (int kx = 0; kx < shape.kernel(); kx++) {
                    int row = y + ky - shape.border();
                    int column = x + kx - shape.border();
                    if (isInside(row, column, shape.side())) {
                        sum.add((double) input[at(image, shape.in(), from, shape.side(), row, column)]
                                * kernel[weight(channel, from, ky, kx)]);
                    }
                }
            }
        }
        return sum.value();
    }

    Value inputGradient(int image, int channel, int y, int x) {
        Sum sum = new Sum();
        for (int to = 0; to < shape.out(); to++) {
            for (int ky = 0; ky < shape.kernel(); ky++) {
                for (int kx = 0; kx < shape.kernel(); kx++) {
                    int row = y - ky + shape.border();
                    int column = x - kx + shape.border();
                    if (isInside(row, column, shape.sideOut())) {
                        sum.add((double) slope[at(image, shape.out(), to, shape.sideOut(), row, column)]
                                * kernel[weight(to, channel, ky, kx)]);
                    }
                }
            }
        }
        return sum.value();
    }

    Value kernelGradient(int to, int from, int ky, int kx) {
        Sum sum = new Sum();
        for (int image = 0; image < shape.batch(); image++) {
            for (int y = 0; y < shape.sideOut(); y++) {
                for (int x = 0; x < shape.sideOut(); x++) {
                    int row = y + ky - shape.border();
                    int column = x + kx - shape.border();
                    if (isInside(row, column, shape.side())) {
                        sum.add((double) input[at(image, shape.in(), from, shape.side(), row, column)]
                                * slope[at(image, shape.out(), to, shape.sideOut(), y, x)]);
                    }
                }
            }
        }
        return sum.value();
    }

    Value biasGradient(int to) {
        Sum sum = new Sum();
        int area = shape.sideOut() * shape.sideOut();
        for (int image = 0; image < shape.batch(); image++) {
            int start = at(image, shape.out(), to, shape.sideOut(), 0, 0);
            for (int i = 0; i < area; i++) {
                sum.add(slope[start + i]);
            }
        }
        return sum.value();
    }

    int weight(int to, int from, int ky, int kx) {
        return ((to * shape.in() + from) * shape.kernel() + ky) * shape.kernel() + kx;
    }

    static int at(int image, int channels, int channel, int side, int y, int x) {
        return ((image * channels + channel) * side + y) * side + x;
    }

    private static boolean isInside(int row, int column, int side) {
        return row >= 0 && row < side && column >= 0 && column < side;
    }
}
