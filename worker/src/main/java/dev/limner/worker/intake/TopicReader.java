package dev.limner.worker.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a topic, from its beginning and on, without a group: for what every worker has to know. Committed records only,
 * each once, on a thread of its own, in order within a partition.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final String topic;
    private final Consumer<Entry> reader;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * A record.
     *
     * @param value null for a tombstone
     * @param at its timestamp
     */
    public record Entry(byte @Nullable [] key, byte @Nullable [] value, Instant at) {}

    /**
     * Starts to read.
     *
     * @param client how the brokers' logs name this reader
     * @param reader takes every record; must not throw
     */
    public TopicReader(String bootstrap, String topic, String client, Consumer<Entry> reader) {
        this.topic = topic;
        this.reader = reader;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        client,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5_000,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("limner-read-" + topic).daemon().start(this::run);
    }

    /**
     * Waits until everything that was in the topic at the start is read.
     *
     * @throws IllegalStateException naming the topic if that takes longer than {@code within}
     */
    public void awaitCaughtUp(Duration within) {
        try {
            if (!caughtUp.await(within.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("the topic " + topic + " cannot be read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading " + topic, e);
        }
    }

    private void run() {
        try (consumer) {
            Set<TopicPartition> behind = assign();
            Map<TopicPartition, Long> ends = consumer.endOffsets(behind);
            while (!closed) {
                behind.removeIf(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
                if (behind.isEmpty()) {
                    caughtUp.countDown();
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    reader.accept(new Entry(record.key(), record.value(), Instant.ofEpochMilli(record.timestamp())));
                }
            }
        } catch (WakeupException e) {
            LOG.atDebug().addKeyValue("topic", topic).log("no longer read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<TopicPartition> assign() throws InterruptedException {
        while (true) {
            try {
                List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
                if (!all.isEmpty()) {
                    consumer.assign(all);
                    consumer.seekToBeginning(all);
                    return new HashSet<>(all);
                }
                // A fleet whose topics were made by hand, without this one: there is nothing to know until it is there.
                caughtUp.countDown();
                LOG.atDebug().addKeyValue("topic", topic).log("there is no such topic");
            } catch (WakeupException e) {
                throw e;
            } catch (KafkaException e) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("error", e.getMessage())
                        .log("cannot be read yet");
            }
            Thread.sleep(RETRY_AFTER);
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
