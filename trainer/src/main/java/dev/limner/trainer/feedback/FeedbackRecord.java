package dev.limner.trainer.feedback;

import dev.limner.trainer.replay.Origin;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of the feedback topic as its producer sent it. The arrays are not to be changed.
 *
 * @param at its timestamp
 */
public record FeedbackRecord(
        Origin origin, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, Instant at) {
    public FeedbackRecord {
        headers = List.copyOf(headers);
    }

    /** One header. */
    public record Header(String name, byte @Nullable [] value) {}
}
