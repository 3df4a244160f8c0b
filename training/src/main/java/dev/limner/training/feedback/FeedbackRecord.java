package dev.limner.training.feedback;

import dev.limner.protocol.RecordHeader;
import dev.limner.training.replay.RecordPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of the feedback topic as its producer sent it. The arrays are not to be changed.
 *
 * @param at its timestamp
 * @param clock whose clock {@code at} is of
 */
public record FeedbackRecord(
        RecordPosition origin,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        Instant at,
        Clock clock) {
    public FeedbackRecord {
        headers = List.copyOf(headers);
    }

    /** Who set a record's timestamp. */
    public enum Clock {
        /** The broker, when it appended the record ({@code message.timestamp.type=LogAppendTime}). */
        BROKER,
        /** Whoever sent it, as they liked. */
        SENDER
    }
}
