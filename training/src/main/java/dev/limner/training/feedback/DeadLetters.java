package dev.limner.training.feedback;

import dev.limner.protocol.RecordError;

/** Where records go that nothing can be learned from. */
@FunctionalInterface
public interface DeadLetters {
    /**
     * Publishes the original with the reason; returns when the brokers have it.
     *
     * <p>A kill right after this publishes the same letter again: readers tell it by its origin.
     */
    void send(FeedbackRecord original, RecordError error);
}
