package dev.limner.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads whole topics as their writers committed them (KIP-98): without a group, so that every reader sees every record and
 * nothing is committed, and without making topics that are not there. It reads the partitions it is assigned and no others;
 * who wants those that are added asks for them again.
 *
 * <p>One thread, except {@link #wakeup()}. Every method that asks the brokers throws Kafka's exceptions as they are.
 */
public final class CommittedReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /** What makes a reader one of this kind; no setting of a caller replaces it. */
    private static final Map<String, Object> FIXED = Map.of(
            // The default, read_uncommitted, would show what was aborted.
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            // Of a partition whose oldest records are gone, the oldest that is left.
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest");

    private final Consumer<byte[], byte[]> consumer;
    private final Duration answerWithin;

    /**
     * Connects.
     *
     * @param settings the consumer's own, by Kafka's names; {@code bootstrap.servers} at least
     * @param answerWithin how long a position may take to be told
     */
    public static CommittedReader connect(Map<String, Object> settings, Duration answerWithin) {
        return connect(
                settings,
                answerWithin,
                config -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * As {@link #connect(Map, Duration)}, with another consumer than Kafka's.
     *
     * @param connect makes it of its configuration; this reader closes it
     */
    public static CommittedReader connect(
            Map<String, Object> settings,
            Duration answerWithin,
            Function<Map<String, Object>, Consumer<byte[], byte[]>> connect) {
        Map<String, Object> config = new HashMap<>(settings);
        config.putAll(FIXED);
        return new CommittedReader(connect.apply(config), answerWithin);
    }

    private CommittedReader(Consumer<byte[], byte[]> consumer, Duration answerWithin) {
        this.consumer = consumer;
        this.answerWithin = answerWithin;
    }

    /** The partitions that topics have now; none for a topic that is not there. */
    public List<TopicPartition> partitions(Collection<String> topics) {
        return topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /**
     * Reads these partitions and no others from now on. Those that are read already go on where they are; the others begin
     * at their offset in {@code known}, and at their oldest record where that names none.
     *
     * @return where each of those begins that are new and were not known
     */
    public Map<TopicPartition, Long> assign(Collection<TopicPartition> all, Map<TopicPartition, Long> known) {
        if (consumer.assignment().equals(Set.copyOf(all))) {
            return Map.of();
        }
        Set<TopicPartition> added = new HashSet<>(all);
        added.removeAll(consumer.assignment());
        consumer.assign(all);
        List<TopicPartition> fresh = new ArrayList<>();
        for (TopicPartition partition : added) {
            Long offset = known.get(partition);
            if (offset == null) {
                fresh.add(partition);
            } else {
                consumer.seek(partition, offset);
            }
        }
        return begin(fresh, true);
    }

    /** Reads these partitions from what is committed after this call. */
    public void assignAtEnd(Collection<TopicPartition> all) {
        consumer.assign(all);
        var unused = begin(all, false);
    }

    private Map<TopicPartition, Long> begin(Collection<TopicPartition> partitions, boolean atOldest) {
        if (partitions.isEmpty()) {
            // For Kafka, no partitions are all of them.
            return Map.of();
        }
        if (atOldest) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        // Positions are looked up lazily; what is written after this call must be seen.
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions.forEach(partition -> positions.put(partition, position(partition)));
        return positions;
    }

    /** What is assigned. */
    public Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    /** Where the next record of an assigned partition is. Markers of transactions are passed as if they were records. */
    public long position(TopicPartition partition) {
        return consumer.position(partition, answerWithin);
    }

    /** The next records; none if none came in time. */
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    /** Reads no more of some partitions until they are assigned anew. */
    public void pause(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
    }

    /** Where what is committed ends now: before the first transaction that is still open. */
    public Map<TopicPartition, Long> ends() {
        return ends(consumer.assignment());
    }

    /** As {@link #ends()}, of some partitions, which need not be assigned. */
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return new HashMap<>(consumer.endOffsets(partitions));
    }

    /**
     * The first offset of each partition that is as young as that, a marker's perhaps; none for a partition in which everything
     * is older.
     */
    public Map<TopicPartition, Long> firstSince(Collection<TopicPartition> partitions, long sinceMillis) {
        Map<TopicPartition, Long> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, sinceMillis));
        Map<TopicPartition, Long> first = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                consumer.offsetsForTimes(asked).entrySet()) {
            if (found.getValue() != null) {
                first.put(found.getKey(), found.getValue().offset());
            }
        }
        return first;
    }

    /** Takes out what is read up to there; true if nothing is left. */
    public boolean passed(Map<TopicPartition, Long> ends) {
        ends.entrySet().removeIf(end -> position(end.getKey()) >= end.getValue());
        return ends.isEmpty();
    }

    /**
     * Gives every record up to there, each partition's in order, and perhaps some that follow them.
     *
     * @param ends emptied
     * @param stall the longest that the reading may stand still; what was aborted is passed and counts as movement
     * @throws TimeoutException if it stands still for so long and something is left
     */
    public void readTo(
            Map<TopicPartition, Long> ends,
            Duration stall,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        long moved = System.nanoTime();
        long left = Long.MAX_VALUE;
        while (!passed(ends)) {
            long now = remaining(ends);
            if (now < left) {
                left = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved >= stall.toNanos()) {
                throw new TimeoutException(
                        "nothing came for " + stall.toSeconds() + " s; " + left + " records are not read: " + ends);
            }
            poll(POLL).forEach(reader);
        }
    }

    /** How many records, with markers of transactions, there are up to there. */
    public long remaining(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - position(end.getKey())))
                .sum();
    }

    /** Ends a poll, or the next one, with a {@link org.apache.kafka.common.errors.WakeupException}. Safe from any thread. */
    public void wakeup() {
        consumer.wakeup();
    }

    /** Waits for nothing: there is no group to leave, and brokers that have ended answer nothing. */
    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
