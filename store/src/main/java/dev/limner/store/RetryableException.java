package dev.limner.store;

/** Something outside the job failed and may work again: a full disk, a store that is unavailable. The job is not at fault. */
public class RetryableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RetryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
