package dev.limner.worker.model;

import java.util.Locale;

/** The device has no room for a batch of this size. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(int batchSize, Throwable cause) {
        super("no memory on the device for a batch of " + batchSize + ": " + cause.getMessage(), cause);
    }

    /** Whether an engine's failure means that; it says so in words only. */
    static boolean isMeantBy(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return failure instanceof OutOfMemoryError
                || message.contains("out of memory")
                || message.contains("can't allocate memory")
                || message.contains("bad_alloc");
    }
}
