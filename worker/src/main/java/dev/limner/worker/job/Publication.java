package dev.limner.worker.job;

import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one job record leads to.
 *
 * @param result its terminal result
 * @param original the record
 * @param origin where it was, {@code topic-partition@offset}
 * @param deadLetter why it could not be generated; absent where it was
 * @param traceParent the trace the record belonged to
 */
public record Publication(
        Result result,
        OriginalRecord original,
        String origin,
        @Nullable DeadLetter deadLetter,
        @Nullable String traceParent) {
    /**
     * What is said of a record that goes to the dead-letter topic.
     *
     * @param objectUri where the whole value is if it was too large for a record; the letter then holds its beginning
     */
    public record DeadLetter(
            String reason, int attempts, @Nullable String objectUri) {
        private static final int MOST_REASON = 2000;

        /** The same letter with more in its reason. */
        public DeadLetter saying(String more) {
            String both = reason + "; " + more;
            return new DeadLetter(both.substring(0, Math.min(MOST_REASON, both.length())), attempts, objectUri);
        }
    }
}
