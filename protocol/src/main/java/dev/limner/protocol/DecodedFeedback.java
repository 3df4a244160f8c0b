package dev.limner.protocol;

/** What a record on the feedback topic turned out to be. */
public sealed interface DecodedFeedback {
    /** Feedback as far as the record alone tells. */
    record Valid(Feedback feedback) implements DecodedFeedback {}

    /** A record nothing can be learned from. */
    record Poison(RecordError error) implements DecodedFeedback {}
}
