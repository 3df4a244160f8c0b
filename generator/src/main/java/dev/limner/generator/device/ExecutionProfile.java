package dev.limner.generator.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import dev.limner.generator.arithmetic.ConvolutionSupport;
import dev.limner.generator.arithmetic.KernelSettings;
import dev.limner.generator.arithmetic.Processor;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What pixels may depend on besides the job and the model: versions of libtorch and of our own arithmetic, device,
 * processor, the kernels it is allowed, threads, whether channels are padded, and the batch size. Within one profile
 * images are byte-identical; across profiles they agree within a tolerance.
 *
 * @param name the whole in one word, as results carry it
 * @param batch how many images the device computes at once, or a number that gives the same bytes
 */
public record ExecutionProfile(String name, int batch) {
    /** Of images that no device computes: the same everywhere. */
    public static final ExecutionProfile NONE = new ExecutionProfile("none", 1);

    /**
     * Counts the changes of our own code that may change a byte. Profiles without a number are from before it was counted:
     * what is known of them is within the tolerance.
     */
    private static final int ARITHMETIC = 2;

    private static final Pattern BATCH = Pattern.compile(".*-b(\\d{1,5})");

    public ExecutionProfile {
        if (batch < 1) {
            throw new IllegalArgumentException("batch is " + batch + ", must be at least 1");
        }
    }

    /**
     * The profile of this process, with convolutions as they are computed from now on.
     *
     * @param batch the size whose bytes the images have
     */
    public static ExecutionProfile of(Device device, int threads, int batch) {
        boolean padded = ConvolutionSupport.on(device).settle();
        return of(
                Engine.getEngine("PyTorch").getVersion(),
                device.isGpu() ? chip(device) : null,
                Processor.here(),
                KernelSettings.here(),
                threads,
                padded,
                batch);
    }

    /** The profile of this process with the threads that libtorch uses now and the batch size that suits the device. */
    public static ExecutionProfile of(Device device) {
        return of(device, TorchThreads.get(), ReferenceBatch.on(device));
    }

    /**
     * Kernels are chosen by compute capability, and round to TF32 unless the driver is told not to: seen on an H200, where
     * nearly every image differs between the two by 1 of 255 somewhere.
     */
    private static String chip(Device device) {
        boolean exact = "0".equals(System.getenv("NVIDIA_TF32_OVERRIDE"));
        return CudaUtils.getComputeCapability(device.getDeviceId()) + (exact ? "-fp32" : "-tf32");
    }

    /** @param gpu compute capability and precision; null on a CPU */
    static ExecutionProfile of(
            String version,
            @Nullable String gpu,
            Processor processor,
            KernelSettings kernels,
            int threads,
            boolean padded,
            int batch) {
        String kind = gpu == null ? "cpu-" + processor.instructions() + "-t" + threads : "cuda" + gpu;
        String arithmetic =
                gpu == null ? "r" + ARITHMETIC + "-" + processor.code() + "-" + kernels.code() : "r" + ARITHMETIC;
        return new ExecutionProfile(
                "torch-" + version + "-" + architecture() + "-" + kind + "-" + arithmetic
                        + (padded ? "-padded" : "-plain") + "-b" + batch,
                batch);
    }

    /** The batch size that a profile stands for; empty for one from before it was written down. */
    public static OptionalInt batchOf(String name) {
        Matcher matcher = BATCH.matcher(name);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static String architecture() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }
}
