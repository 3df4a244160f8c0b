package dev.limner.worker.release;

import dev.limner.protocol.RefusalCode;

/** A release that this worker does not run. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalCode code;

    Refused(RefusalCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    RefusalCode code() {
        return code;
    }
}
