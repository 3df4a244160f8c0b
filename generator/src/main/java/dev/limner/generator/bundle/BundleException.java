package dev.limner.generator.bundle;

import dev.limner.protocol.RefusalCode;

/** A model bundle that cannot be used; the message says which file and why. Never worth a retry. */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RefusalCode code;

    public BundleException(RefusalCode code, String message) {
        super(message);
        this.code = code;
    }

    public BundleException(RefusalCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What a worker says that refuses the bundle for this. */
    public RefusalCode code() {
        return code;
    }
}
