package dev.limner.worker.intake;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How jobs are fetched.
 *
 * @param bootstrap addresses of brokers
 * @param client how the brokers' logs name this consumer
 * @param protocol {@code consumer} (KIP-848), {@code classic} (KIP-429, cooperative) or {@code classic-eager}
 * @param topics the sources, most urgent first
 * @param bufferPerSource jobs of one topic that may wait in memory; at that number its partitions pause
 * @param mostPendingBytes of records in memory whose answers are not committed; a topic that holds its share of it is
 *     paused
 */
public record IntakeSettings(
        String bootstrap,
        String client,
        String group,
        String protocol,
        List<String> topics,
        int bufferPerSource,
        long mostPendingBytes) {
    private static final long LEAST_PENDING = 1 << 20;
    private static final int HEAP_SHARE = 8;
    /** {@code host:port}, with a listener's name before it or not. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:[A-Za-z0-9_]+://)?(?:\\[[0-9A-Fa-f:.%]+]|[^\\[\\]:/,\\s]+):[0-9]{1,5}");

    private static final Set<String> PROTOCOLS = Set.of("consumer", "classic", "classic-eager");

    /** With the share of the heap that suits it for pending records. */
    public IntakeSettings(
            String bootstrap, String client, String group, String protocol, List<String> topics, int bufferPerSource) {
        this(
                bootstrap,
                client,
                group,
                protocol,
                topics,
                bufferPerSource,
                pendingBytesSuiting(Runtime.getRuntime().maxMemory()));
    }

    /** Bytes of pending records that suit a heap: an eighth of it, and no less than the least that can be set. */
    public static long pendingBytesSuiting(long heapBytes) {
        return Math.max(LEAST_PENDING, heapBytes / HEAP_SHARE);
    }

    public IntakeSettings {
        topics = List.copyOf(topics);
        // What cannot be an address is not worth waiting for; a name that stands for none may do so later.
        for (String address : bootstrap.split(",", -1)) {
            if (!ADDRESS.matcher(address.strip()).matches()) {
                throw new IllegalArgumentException("limner.worker.bootstrap is '" + bootstrap
                        + "', must be host:port, or several with commas between");
            }
        }
        if (!PROTOCOLS.contains(protocol)) {
            throw new IllegalArgumentException(
                    "limner.worker.group-protocol is '" + protocol + "', must be consumer, classic or classic-eager");
        }
        if (bufferPerSource < 1) {
            throw new IllegalArgumentException(
                    "limner.worker.intake.buffer is " + bufferPerSource + ", must be at least 1");
        }
        if (mostPendingBytes < LEAST_PENDING) {
            throw new IllegalArgumentException("limner.worker.intake.max-pending-bytes is " + mostPendingBytes
                    + ", must be at least " + LEAST_PENDING);
        }
    }
}
