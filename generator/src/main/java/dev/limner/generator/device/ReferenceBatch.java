package dev.limner.generator.device;

import ai.djl.Device;

/**
 * The batch size whose bytes images stand for unless a worker is told other sizes: the largest it computes. Where sizes
 * disagree, as with oneDNN's plain kernels or on a GPU, whoever generates an image again has to use it too.
 */
public final class ReferenceBatch {
    private static final int ON_A_CPU = 16;
    private static final int ON_A_GPU = 32;

    private ReferenceBatch() {}

    /** What was measured to suit a kind of device. */
    public static int on(Device device) {
        return device.isGpu() ? ON_A_GPU : ON_A_CPU;
    }
}
