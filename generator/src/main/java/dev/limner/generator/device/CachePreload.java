package dev.limner.generator.device;

import ai.djl.engine.Engine;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import java.nio.file.Path;

/**
 * Unpacks the native libraries and the text encoders' files into the cache, for an image whose file system is read-only
 * when it runs.
 */
public final class CachePreload {
    private CachePreload() {}

    /** @param arguments the cache folder, as {@code limner.worker.cache} */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("one argument: the cache folder");
        }
        Engine.getEngine("PyTorch");
        for (PretrainedEncoder kind : PretrainedEncoder.values()) {
            try (TextEncoder encoder = kind.load(Path.of(arguments[0]), 1)) {
                encoder.encode("warm up");
            }
        }
    }
}
