package dev.limner.worker.publish;

import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.ledger.PendingTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What the group has committed, asked by a client that is no member of it. */
final class GroupOffsets {
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private GroupOffsets() {}

    /**
     * Whether a transaction is committed, as far as the brokers tell: {@link #landed}.
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
            return landed(ready, asking.committed(sent.keySet(), WITHIN));
        }
    }

    /**
     * Whether a transaction is committed. All its partitions moved or none: one that is as it was sent, nonce and all,
     * proves that they did; one that is not may have been moved on by a new owner and says nothing. Without a ledger there
     * is no nonce: then only an offset that passed a result is a proof, for one that was committed again, lest it
     * expires, is as it was before.
     *
     * @param committed what the group has now; null for a partition without an offset
     */
    static boolean landed(PendingTransaction ready, Map<TopicPartition, @Nullable OffsetAndMetadata> committed) {
        Set<TopicPartition> answered = ready.publications().stream()
                .map(publication -> publication.result().source())
                .filter(Objects::nonNull)
                .map(source -> new TopicPartition(source.topic(), source.partition()))
                .collect(Collectors.toSet());
        return offsets(ready).entrySet().stream().anyMatch(sent -> {
            OffsetAndMetadata mine = sent.getValue();
            OffsetAndMetadata theirs = committed.get(sent.getKey());
            return theirs != null
                    && mine.offset() == theirs.offset()
                    && mine.metadata().equals(theirs.metadata())
                    && (!mine.metadata().isEmpty() || answered.contains(sent.getKey()));
        });
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
