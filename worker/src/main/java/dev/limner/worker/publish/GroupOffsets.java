package dev.limner.worker.publish;

import dev.limner.worker.intake.PartitionRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the group has committed, asked by a client that is no member of it. */
final class GroupOffsets {
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private GroupOffsets() {}

    /**
     * Whether a transaction is committed. All its partitions moved or none: one that is as it was sent, nonce and all,
     * proves that they did; one that is not may have been moved on by a new owner and says nothing.
     *
     * @throws org.apache.kafka.common.KafkaException if the brokers do not tell
     */
    static boolean asSent(PendingTransaction ready, PublishSettings settings) {
        Map<TopicPartition, OffsetAndMetadata> sent = offsets(ready);
        try (KafkaConsumer<byte[], byte[]> asking = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        settings.bootstrap(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        settings.client() + "-committed",
                        ConsumerConfig.GROUP_ID_CONFIG,
                        settings.group(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        3_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) WITHIN.toMillis()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return asking.committed(sent.keySet(), WITHIN).entrySet().stream().anyMatch(found -> {
                OffsetAndMetadata mine = sent.get(found.getKey());
                OffsetAndMetadata theirs = found.getValue();
                return mine != null
                        && theirs != null
                        && mine.offset() == theirs.offset()
                        && mine.metadata().equals(theirs.metadata());
            });
        }
    }

    /** The offsets of a transaction as Kafka's clients write them. */
    static Map<TopicPartition, OffsetAndMetadata> offsets(PendingTransaction ready) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ready.commits()
                .forEach((partition, commit) -> offsets.put(
                        topicPartition(partition), new OffsetAndMetadata(commit.offset(), commit.metadata())));
        return offsets;
    }

    private static TopicPartition topicPartition(PartitionRef partition) {
        return new TopicPartition(partition.topic(), partition.number());
    }
}
