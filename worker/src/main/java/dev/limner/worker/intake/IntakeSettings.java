package dev.limner.worker.intake;

import java.util.List;
import java.util.Set;

/**
 * How jobs are fetched.
 *
 * @param client how the brokers' logs name this consumer
 * @param protocol {@code consumer} (KIP-848), {@code classic} (KIP-429, cooperative) or {@code classic-eager}
 * @param topics the sources, most urgent first
 * @param bufferPerSource jobs of one topic that may wait in memory; at that number its partitions pause
 */
public record IntakeSettings(
        String bootstrap, String client, String group, String protocol, List<String> topics, int bufferPerSource) {
    private static final Set<String> PROTOCOLS = Set.of("consumer", "classic", "classic-eager");

    public IntakeSettings {
        topics = List.copyOf(topics);
        if (!PROTOCOLS.contains(protocol)) {
            throw new IllegalArgumentException(
                    "limner.worker.group-protocol is '" + protocol + "', must be consumer, classic or classic-eager");
        }
        if (bufferPerSource < 1) {
            throw new IllegalArgumentException(
                    "limner.worker.intake.buffer is " + bufferPerSource + ", must be at least 1");
        }
    }
}
