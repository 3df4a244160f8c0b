package dev.limner.worker.intake;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;

/** How the consumer of {@link JobSource} is set up. */
final class JobConsumer {
    /** What one poll brings in is on the heap at once, at a megabyte a record if they are that large. */
    private static final int MOST_PER_POLL = 32;

    private JobConsumer() {}

    /** Records that one poll brings in at most. */
    static int mostPerPoll(IntakeSettings settings) {
        return Math.min(MOST_PER_POLL, settings.bufferPerSource());
    }

    static Map<String, Object> configuration(IntakeSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, settings.client());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        boolean classic = settings.protocol().startsWith("classic");
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, classic ? "classic" : "consumer");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, mostPerPoll(settings));
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        // A connection whose other end is gone is noticed within a session, not after Kafka's 30 s.
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        if (classic) {
            config.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    settings.protocol().equals("classic-eager")
                            ? RangeAssignor.class.getName()
                            : CooperativeStickyAssignor.class.getName());
            // With the other protocol the broker sees new partitions; with this one the members have to look.
            config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        } else {
            // Lane by lane: the default spreads all lanes' partitions at once, and one lane may end up with one worker.
            config.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        }
        return config;
    }
}
