package dev.limner.generator.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The device a process generates on, from its written form {@code auto}, {@code cpu} or {@code cuda:N}. */
public final class DeviceChoice {
    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

    private DeviceChoice() {}

    /** @throws IllegalArgumentException if {@code written} is none of the three forms */
    public static void check(String written) {
        if (!written.equals("auto")
                && !written.equals("cpu")
                && !CUDA.matcher(written).matches()) {
            throw new IllegalArgumentException("device is '" + written + "', must be auto, cpu or cuda:N");
        }
    }

    /**
     * Loads the PyTorch engine and resolves a written choice; {@code auto} is the first GPU if there is one.
     *
     * @throws IllegalArgumentException if the choice is malformed or names a GPU that is not there
     */
    public static Device resolve(String written) {
        check(written);
        if (written.equals("cpu")) {
            return Device.cpu();
        }
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        if (written.equals("auto")) {
            return gpus > 0 ? Device.gpu(0) : Device.cpu();
        }
        Matcher matcher = CUDA.matcher(written);
        matcher.matches();
        int number = Integer.parseInt(matcher.group(1));
        if (number >= gpus) {
            throw new IllegalArgumentException(
                    "device is '" + written + "', but libtorch sees " + gpus + " GPUs on this machine");
        }
        return Device.gpu(number);
    }
}
