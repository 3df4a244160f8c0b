package dev.limner.trainer.replay;

import dev.limner.protocol.Feedback;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Feedback that was accepted.
 *
 * @param image what it is about
 * @param over what it is preferred to; absent where it is no preference
 * @param rater who said so; {@link #NOBODY} where the record does not say
 * @param at when the record was written, as Kafka has it
 */
public record Remembered(
        Origin origin,
        Feedback feedback,
        Picture image,
        @Nullable Picture over,
        String rater,
        Instant at) {
    /** The rater of feedback that names none. */
    public static final String NOBODY = "";
}
