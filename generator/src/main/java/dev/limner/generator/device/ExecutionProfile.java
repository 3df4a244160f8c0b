package dev.limner.generator.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What pixels may depend on besides the job and the model: native versions, device, instruction set and threads. Within
 * one profile pictures are byte-identical; across profiles they agree within a tolerance.
 *
 * @param name the whole in one word, as results carry it
 */
public record ExecutionProfile(String name) {
    /** Of pictures that no device computes: the same everywhere. */
    public static final ExecutionProfile NONE = new ExecutionProfile("none");

    /** The profile of this process. */
    public static ExecutionProfile of(Device device, int threads) {
        String kind = device.isGpu() ? "cuda" : "cpu-" + instructionSet() + "-t" + threads;
        return new ExecutionProfile(
                "torch-" + Engine.getEngine("PyTorch").getVersion() + "-" + architecture() + "-" + kind);
    }

    /** The profile of this process with the threads that libtorch uses now. */
    public static ExecutionProfile of(Device device) {
        return of(device, TorchThreads.get());
    }

    private static String architecture() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }

    /** libtorch and oneDNN choose kernels by the widest vector extension they find. */
    private static String instructionSet() {
        try {
            String info = Files.readString(Path.of("/proc/cpuinfo"));
            if (info.contains("amx_tile")) {
                return "amx";
            }
            if (info.contains("avx512f")) {
                return "avx512";
            }
            return info.contains("avx2") ? "avx2" : "base";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
