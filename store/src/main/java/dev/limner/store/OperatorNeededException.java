package dev.limner.store;

/**
 * Something outside the job failed and continues failing until somebody mends it: a folder that may not be written to, a file
 * system that is read only. No job is at fault and all of them wait, but waiting alone does not help.
 */
public final class OperatorNeededException extends RetryableException {
    private static final long serialVersionUID = 1L;

    public OperatorNeededException(String message, Throwable cause) {
        super(message, cause);
    }
}
