package dev.limner.training.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** How much memory this process holds: heap, libtorch and all. A curve of it shows a leak long before it kills. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String KEY = "VmRSS:";
    private static final double KIB_A_MIB = 1024;

    private ResidentMemory() {}

    /** In MiB; nothing where the system does not say. */
    static OptionalDouble mib() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(KEY))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / KIB_A_MIB)
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }
}
