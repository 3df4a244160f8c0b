package dev.limner.worker.publish;

import dev.limner.protocol.Result;
import dev.limner.worker.intake.Original;
import org.jspecify.annotations.Nullable;

/**
 * What one job record leads to.
 *
 * @param result its terminal result
 * @param deadLetter what could not be drawn; absent where it was
 * @param traceParent the trace the record belonged to
 */
public record Publication(
        Result result,
        @Nullable DeadLetter deadLetter,
        @Nullable String traceParent) {
    /**
     * A record that goes to the dead-letter topic.
     *
     * @param origin {@code topic-partition@offset}
     * @param objectUri where the whole value is if it was too large for a record; the letter then holds its beginning
     */
    public record DeadLetter(
            Original original,
            String origin,
            String reason,
            int attempts,
            @Nullable String objectUri) {}
}
