package dev.limner.protocol.process;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recognises a device that is full; the platform has no exception of its own for it. */
public final class NoSpace {
    /** How a full device, or a used-up quota, is told to a user. */
    public static final String REASON = "no space left on the device";

    private static final int DEEPEST = 32;

    private NoSpace() {}

    /** Whether a full device or a used-up quota is among a failure's causes. */
    public static boolean causes(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof IOException && says(cause.getMessage())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean says(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("no space left on device") || text.contains("disk quota exceeded");
    }
}
