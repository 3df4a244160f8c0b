package dev.limner.broker;

import java.nio.file.Path;

/**
 * How an embedded broker runs.
 *
 * @param data its folder; formatted when empty, continued when not
 * @param port of the Kafka listener on the loopback interface; 0 for any free one
 * @param durable force every record to disk before acknowledging it; without it a record survives a kill of the
 *     process but not a loss of power
 */
public record BrokerSettings(Path data, int port, boolean durable) {
    public BrokerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the broker's port is " + port + ", must be from 0 to 65535");
        }
    }
}
