package dev.limner.protocol.text;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The encoding in which this JVM hears its arguments and reads and writes the names of files: what the environment said when
 * it was started. No property changes it ({@code file.encoding} is about contents).
 */
public final class NativeEncoding {
    /** A locale that every current C library has. */
    private static final String UTF_8_LOCALE = "C.UTF-8";

    private NativeEncoding() {}

    private static String name() {
        return System.getProperty("sun.jnu.encoding", System.getProperty("native.encoding", "UTF-8"));
    }

    /** Whether names of files may hold any character. */
    public static boolean isUtf8() {
        return StandardCharsets.UTF_8.name().equals(name());
    }

    /** What is wrong and what to do, for a log; empty if nothing is. */
    public static Optional<String> complaint() {
        return isUtf8()
                ? Optional.empty()
                : Optional.of("arguments and names of files are read as " + name() + ": set LC_ALL=" + UTF_8_LOCALE
                        + " in the environment, or those with other characters cannot be used");
    }

    /** Makes an environment one in which a child's encoding is UTF-8. */
    public static void mend(Map<String, String> environment) {
        if (!isUtf8()) {
            environment.put("LC_ALL", UTF_8_LOCALE);
        }
    }
}
