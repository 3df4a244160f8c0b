package dev.limner.generator.arithmetic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The processor of this machine as Linux describes it.
 *
 * @param vendor as the processor itself says, {@code AuthenticAMD}; {@code unknown} where nothing says it
 * @param family its number; -1 if there is none
 * @param name the model's name for people
 * @param instructions widest vector extension: amx, avx512, avx2, base or unknown
 */
public record Processor(String vendor, int family, String name, String instructions) {
    private static final String UNKNOWN = "unknown";
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** The one this process runs on. */
    public static Processor here() {
        try {
            return parse(Files.readString(CPUINFO));
        } catch (IOException e) {
            return new Processor(UNKNOWN, -1, System.getProperty("os.arch", UNKNOWN), UNKNOWN);
        }
    }

    /** @param cpuinfo the content of {@code /proc/cpuinfo}, of which the first processor counts */
    public static Processor parse(String cpuinfo) {
        Map<String, String> fields = new HashMap<>();
        for (String line : cpuinfo.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        String family = fields.getOrDefault("cpu family", "");
        return new Processor(
                fields.getOrDefault("vendor_id", UNKNOWN),
                family.matches("\\d{1,6}") ? Integer.parseInt(family) : -1,
                fields.getOrDefault("model name", UNKNOWN),
                widest(" " + fields.getOrDefault("flags", "") + " "));
    }

    private static String widest(String flags) {
        if (flags.contains(" amx_tile ")) {
            return "amx";
        }
        if (flags.contains(" avx512f ")) {
            return "avx512";
        }
        return flags.contains(" avx2 ") ? "avx2" : "base";
    }

    /** Vendor and family in one word, as execution profiles carry it. */
    public String code() {
        return vendor.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "") + (family < 0 ? "" : family);
    }

    @Override
    public String toString() {
        return vendor + " family " + (family < 0 ? UNKNOWN : family) + " (" + name + ")";
    }
}
