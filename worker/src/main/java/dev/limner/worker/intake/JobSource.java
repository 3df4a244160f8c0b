package dev.limner.worker.intake;

import dev.limner.protocol.JobCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job topics through the plain consumer. It reads committed records only, never commits by itself (offsets go with
 * the results), and numbers every assignment of a partition. One thread: the control thread.
 */
public final class JobSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobSource.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ownership = new HashMap<>();
    private long assignments;

    public JobSource(IntakeSettings settings, OwnershipListener listener) {
        this.consumer =
                new KafkaConsumer<>(configuration(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(settings.topics(), new Rebalances(listener));
    }

    private static Map<String, Object> configuration(IntakeSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, settings.protocol());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(500, settings.bufferPerSource()));
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        if (settings.protocol().equals("classic")) {
            config.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        }
        return config;
    }

    /**
     * Fetches and decodes what has arrived; rebalances are reported to the listener in here.
     *
     * @param full topics whose buffers are full: their partitions are paused, all others resumed
     */
    public List<Delivery> poll(Duration timeout, Set<String> full) {
        pause(full);
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(timeout);
        } catch (WakeupException e) {
            return List.of();
        }
        List<Delivery> deliveries = new ArrayList<>(records.count());
        long now = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Long number = ownership.get(new TopicPartition(record.topic(), record.partition()));
            if (number != null) {
                deliveries.add(delivery(record, number, now));
            }
        }
        return deliveries;
    }

    private static Delivery delivery(ConsumerRecord<byte[], byte[]> record, long ownership, long now) {
        RecordRef ref = new RecordRef(new PartitionRef(record.topic(), record.partition()), record.offset(), ownership);
        List<Original.Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Original.Header(header.key(), header.value())));
        Original original = new Original(record.key(), record.value(), headers, record.timestamp());
        return new Delivery(ref, original, JobCodec.decode(record.value(), ref.fallbackId()), now);
    }

    /** Ends a {@link #poll} that waits, or the next one, at once. Safe from any thread. */
    public void wakeUp() {
        consumer.wakeup();
    }

    /** Wanted pauses are set anew before each poll, because a reassignment forgets them. */
    public void pause(Set<String> full) {
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> toPause = new HashSet<>();
        Set<TopicPartition> toResume = new HashSet<>();
        for (TopicPartition partition : ownership.keySet()) {
            boolean wanted = full.contains(partition.topic());
            if (wanted != paused.contains(partition)) {
                (wanted ? toPause : toResume).add(partition);
            }
        }
        try {
            consumer.pause(toPause);
            consumer.resume(toResume);
        } catch (IllegalStateException e) {
            // The consumer's own thread has lost a partition and tells the listener in the next poll only; the one
            // after that sets the pauses again.
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("a lost partition was to be paused or resumed");
        }
    }

    /** Who this consumer is in its group, for the transaction that commits its offsets. */
    public ConsumerGroupMetadata groupMetadata() {
        return consumer.groupMetadata();
    }

    /** Offset of the next record to be delivered; behind transaction markers and aborted records. */
    public long position(PartitionRef partition) {
        return unhurried(() -> consumer.position(new TopicPartition(partition.topic(), partition.number())));
    }

    /** The offsets the group has committed; asks the broker. */
    public Map<PartitionRef, Long> committed(Set<PartitionRef> partitions) {
        Set<TopicPartition> asked = partitions.stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.number()))
                .collect(Collectors.toSet());
        Map<PartitionRef, Long> offsets = new HashMap<>();
        unhurried(() -> consumer.committed(asked)).forEach((partition, found) -> {
            OffsetAndMetadata offset = found;
            if (offset != null) {
                offsets.put(ref(partition), offset.offset());
            }
        });
        return offsets;
    }

    /** Asks the broker although somebody may just have called {@link #wakeUp}, which is meant for {@link #poll} only. */
    private static <T> T unhurried(Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (WakeupException e) {
                LOG.debug("a wake-up met a question to the broker");
            }
        }
    }

    /** How many partitions this worker owns. */
    public int owned() {
        return ownership.size();
    }

    /** Leaves the group. */
    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
    }

    private static PartitionRef ref(TopicPartition partition) {
        return new PartitionRef(partition.topic(), partition.partition());
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        private final OwnershipListener listener;

        Rebalances(OwnershipListener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                ownership.put(partition, ++assignments);
            }
            LOG.atInfo().addKeyValue("partitions", partitions).log("partitions assigned");
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.revoked(refs(partitions));
            ownership.keySet().removeAll(partitions);
            LOG.atInfo().addKeyValue("partitions", partitions).log("partitions revoked");
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.lost(refs(partitions));
            ownership.keySet().removeAll(partitions);
            LOG.atWarn().addKeyValue("partitions", partitions).log("partitions lost");
        }

        private static Set<PartitionRef> refs(Collection<TopicPartition> partitions) {
            return partitions.stream().map(JobSource::ref).collect(Collectors.toSet());
        }
    }
}
