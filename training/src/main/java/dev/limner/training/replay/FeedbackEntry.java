package dev.limner.training.replay;

import dev.limner.protocol.Feedback;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Feedback that was accepted.
 *
 * @param image what it is about
 * @param over what it is preferred to; absent where it is no preference
 * @param rater who said so; {@link #NOBODY} where the record does not say
 * @param at the record's timestamp: the sender's where the topic keeps senders' times; orders what is learned from
 * @param arrived when it was taken in, by the broker's clock or the trainer's, never the sender's: what limits and
 *     comparisons count by
 */
public record FeedbackEntry(
        RecordPosition origin,
        Feedback feedback,
        GeneratedImage image,
        @Nullable GeneratedImage over,
        String rater,
        Instant at,
        Instant arrived) {
    /** The rater of feedback that names none. */
    public static final String NOBODY = "";

    /** Feedback whose timestamp is the broker's: that is when it arrived. */
    public FeedbackEntry(
            RecordPosition origin,
            Feedback feedback,
            GeneratedImage image,
            @Nullable GeneratedImage over,
            String rater,
            Instant at) {
        this(origin, feedback, image, over, rater, at, at);
    }
}
