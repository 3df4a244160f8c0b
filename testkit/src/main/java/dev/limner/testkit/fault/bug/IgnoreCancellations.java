package dev.limner.testkit.fault.bug;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** A job is generated though it was cancelled long before. */
public final class IgnoreCancellations implements SeededBug {
    @Override
    public Function<String, Optional<Instant>> cancellations(Function<String, Optional<Instant>> cancellations) {
        return id -> Optional.empty();
    }
}
