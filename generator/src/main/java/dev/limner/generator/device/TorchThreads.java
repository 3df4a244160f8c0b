package dev.limner.generator.device;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** How many threads libtorch uses inside one operation. Process-wide; set once before the first image. */
public final class TorchThreads {
    private TorchThreads() {}

    public static void set(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("torch threads is " + threads + ", must be at least 1");
        }
        // The native library has to be loaded before its thread count can be set.
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
    }

    /** How many it uses now. */
    public static int get() {
        Engine.getEngine("PyTorch");
        return JniUtils.getNumThreads();
    }
}
