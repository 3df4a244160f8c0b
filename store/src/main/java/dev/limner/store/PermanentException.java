package dev.limner.store;

import dev.limner.protocol.ErrorCode;

/** Trying again would fail again. */
public class PermanentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public PermanentException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** How the job's result names it. */
    public ErrorCode code() {
        return code;
    }
}
