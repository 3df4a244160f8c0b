package dev.limner.generator.arithmetic;

import java.util.Locale;
import java.util.Map;

/**
 * Which kernels the libraries may choose, as environment variables restrict them. The libraries read them once, when
 * they are loaded.
 *
 * @param onednn the widest instruction set oneDNN may use; {@code all} without a restriction
 * @param aten the same for libtorch's own kernels
 */
public record KernelSettings(String onednn, String aten) {
    private static final String ALL = "all";

    /** Those of this process. */
    public static KernelSettings here() {
        return of(System.getenv());
    }

    /** @param environment variables by name */
    public static KernelSettings of(Map<String, String> environment) {
        String onednn =
                environment.getOrDefault("ONEDNN_MAX_CPU_ISA", environment.getOrDefault("DNNL_MAX_CPU_ISA", ALL));
        return new KernelSettings(word(onednn), word(environment.getOrDefault("ATEN_CPU_CAPABILITY", ALL)));
    }

    private static String word(String value) {
        String word = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "");
        return word.isEmpty() ? ALL : word;
    }

    /** Whether oneDNN keeps to the plain kernels, those before AVX. */
    public boolean plain() {
        return onednn.equals("sse41");
    }

    /** Both in one word, as execution profiles carry it. */
    public String code() {
        return aten.equals(ALL) ? onednn : onednn + "." + aten;
    }
}
