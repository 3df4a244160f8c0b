package dev.limner.worker.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
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
    /** Offsets of a transaction that is still open cannot be had; polling must go on meanwhile. */
    private static final Duration RESTORE_WITHIN = Duration.ofMillis(500);

    /** What one poll brings in is on the heap at once, at a megabyte a record if they are that large. */
    private static final int MOST_PER_POLL = 32;

    private static final Duration POSITION_WITHIN = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ownership = new HashMap<>();
    /** Owned, but what the group has done in them is not known yet. */
    private final Set<TopicPartition> unknown = new HashSet<>();

    private long assignments;

    public JobSource(IntakeSettings settings, OwnershipListener listener) {
        this.consumer =
                new KafkaConsumer<>(configuration(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(settings.topics(), new Rebalances(listener));
    }

    private static Map<String, Object> configuration(IntakeSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, settings.client());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        boolean classic = settings.protocol().startsWith("classic");
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, classic ? "classic" : "consumer");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(MOST_PER_POLL, settings.bufferPerSource()));
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

    /**
     * Fetches and decodes what has arrived; rebalances are reported to the listener in here. Nothing is delivered of a
     * partition before {@link #assignments} has told of it.
     *
     * @param full topics whose buffers are full: their partitions are paused
     * @param closed partitions to be paused as well; all others are resumed
     */
    public List<Delivery> poll(Duration timeout, Set<String> full, Set<PartitionRef> closed) {
        pause(full, closed);
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(timeout);
        } catch (WakeupException e) {
            return List.of();
        }
        List<Delivery> deliveries = new ArrayList<>(records.count());
        long now = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            Long number = ownership.get(partition);
            if (number != null && !unknown.contains(partition)) {
                deliveries.add(Delivery.of(record, number, now));
            }
        }
        return deliveries;
    }

    /**
     * Partitions assigned since the last call, each with what the group has committed for it; the consumer is put at
     * that offset. Those whose offset the broker does not tell yet follow later.
     */
    public List<Assignment> assignments() {
        List<Assignment> known = new ArrayList<>();
        if (unknown.isEmpty()) {
            return known;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    unhurried(() -> consumer.committed(unknown, RESTORE_WITHIN));
            Map<TopicPartition, Long> ends = unhurried(() -> consumer.endOffsets(unknown, RESTORE_WITHIN));
            for (TopicPartition partition : List.copyOf(unknown)) {
                OffsetAndMetadata found = committed.get(partition);
                long offset =
                        found == null ? unhurried(() -> consumer.position(partition, RESTORE_WITHIN)) : found.offset();
                consumer.seek(partition, offset);
                unknown.remove(partition);
                long number = Objects.requireNonNull(ownership.get(partition), "an assignment without a number");
                String metadata = found == null ? "" : found.metadata();
                known.add(
                        new Assignment(ref(partition), number, offset, metadata, ends.getOrDefault(partition, offset)));
            }
        } catch (TimeoutException e) {
            LOG.atInfo()
                    .addKeyValue("partitions", unknown)
                    .addKeyValue("error", e.getMessage())
                    .log("committed offsets are not known yet");
        } catch (IllegalStateException e) {
            // Lost again, and the listener has not been told yet.
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("an assignment has gone already");
        }
        return known;
    }

    /** Ends a {@link #poll} that waits, or the next one, at once. Safe from any thread. */
    public void wakeUp() {
        consumer.wakeup();
    }

    /** Wanted pauses are set anew before each poll, because a reassignment forgets them. */
    public void pause(Set<String> full, Set<PartitionRef> closed) {
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> toPause = new HashSet<>();
        Set<TopicPartition> toResume = new HashSet<>();
        for (TopicPartition partition : ownership.keySet()) {
            boolean wanted =
                    full.contains(partition.topic()) || unknown.contains(partition) || closed.contains(ref(partition));
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

    /**
     * Offset of the next record to be delivered; behind transaction markers and aborted records. -1 for a partition that
     * has gone already although the listener has not been told yet.
     */
    public long position(PartitionRef partition) {
        try {
            return unhurried(() ->
                    consumer.position(new TopicPartition(partition.topic(), partition.number()), POSITION_WITHIN));
        } catch (IllegalStateException | TimeoutException e) {
            return -1;
        }
    }

    /** What the group has committed; asks the broker. */
    public Map<PartitionRef, OffsetAndMetadata> committed(Set<PartitionRef> partitions) {
        Set<TopicPartition> asked = partitions.stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.number()))
                .collect(Collectors.toSet());
        Map<PartitionRef, OffsetAndMetadata> offsets = new HashMap<>();
        unhurried(() -> consumer.committed(asked)).forEach((partition, found) -> {
            OffsetAndMetadata offset = found;
            if (offset != null) {
                offsets.put(ref(partition), offset);
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
            // Nothing is asked of the broker in here: the group waits for this member.
            unknown.addAll(partitions);
            consumer.pause(partitions);
            LOG.atInfo().addKeyValue("partitions", partitions).log("partitions assigned");
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.revoked(refs(partitions));
            forget(partitions);
            LOG.atInfo().addKeyValue("partitions", partitions).log("partitions revoked");
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.lost(refs(partitions));
            forget(partitions);
            LOG.atWarn().addKeyValue("partitions", partitions).log("partitions lost");
        }

        private void forget(Collection<TopicPartition> partitions) {
            ownership.keySet().removeAll(partitions);
            unknown.removeAll(partitions);
        }

        private static Set<PartitionRef> refs(Collection<TopicPartition> partitions) {
            return partitions.stream().map(JobSource::ref).collect(Collectors.toSet());
        }
    }
}
