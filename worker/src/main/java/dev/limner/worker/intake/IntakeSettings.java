package dev.limner.worker.intake;

import java.util.List;

/**
 * How jobs are fetched.
 *
 * @param topics the sources, most urgent first
 * @param protocol {@code consumer} (KIP-848) or {@code classic}
 * @param bufferPerSource jobs of one topic that may wait in memory; at that number its partitions pause
 */
public record IntakeSettings(
        String bootstrap, String group, String protocol, List<String> topics, int bufferPerSource) {
    public IntakeSettings {
        topics = List.copyOf(topics);
        if (!protocol.equals("consumer") && !protocol.equals("classic")) {
            throw new IllegalArgumentException(
                    "limner.worker.group-protocol is '" + protocol + "', must be consumer or classic");
        }
        if (bufferPerSource < 1) {
            throw new IllegalArgumentException(
                    "limner.worker.intake.buffer is " + bufferPerSource + ", must be at least 1");
        }
    }
}
