package dev.limner.worker.release;

import dev.limner.protocol.RefusalCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A release that this worker does not run. */
final class ReleaseRejected extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalCode code;
    private final @Nullable String digest;

    ReleaseRejected(RefusalCode code, String reason) {
        this(null, code, reason);
    }

    /** @param digest of the release, where whoever catches this may not know it */
    ReleaseRejected(@Nullable String digest, RefusalCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
        this.digest = digest;
    }

    Optional<String> digest() {
        return Optional.ofNullable(digest);
    }

    RefusalCode code() {
        return code;
    }
}
