package dev.limner.generator.bundle;

/** A model bundle that cannot be used; the message says which file and why. Never worth a retry. */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BundleException(String message) {
        super(message);
    }

    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
