package dev.limner.worker.intake;

import dev.limner.protocol.Decoded;

/**
 * A record delivered by the broker, decoded.
 *
 * @param receivedNanos {@link System#nanoTime()} of its arrival
 */
public record Delivery(RecordRef ref, Original original, Decoded decoded, long receivedNanos) {}
