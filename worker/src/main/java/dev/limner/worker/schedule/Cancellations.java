package dev.limner.worker.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs nobody wants any more: all of the cancellations topic, read without a group by every worker and remembered
 * for a day. The record's key is the job's id; its time is the time of the cancellation. Questions are safe from any
 * thread.
 */
public final class Cancellations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cancellations.class);
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final String topic;
    private final Clock clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Instant> cancelled = new ConcurrentHashMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /** @param client how the brokers' logs name this reader */
    public Cancellations(String bootstrap, String topic, String client, Clock clock) {
        this.topic = topic;
        this.clock = clock;
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
        this.thread = Thread.ofPlatform().name("limner-cancellations").daemon().start(this::run);
    }

    /** When a job was cancelled; empty if it was not, as far as this worker has read. */
    public Optional<Instant> of(String jobId) {
        return Optional.ofNullable(cancelled.get(jobId));
    }

    /**
     * Waits until everything that was in the topic at the start is read.
     *
     * @return whether it is
     */
    public boolean awaitCaughtUp(Duration within) throws InterruptedException {
        return caughtUp.await(within.toNanos(), TimeUnit.NANOSECONDS);
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
                    take(record);
                }
                Instant oldest = clock.instant().minus(KEPT);
                cancelled.values().removeIf(at -> at.isBefore(oldest));
            }
        } catch (WakeupException e) {
            LOG.debug("no more cancellations are read");
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
                // A fleet whose topics were made by hand, without this one: nothing is cancelled until it is there.
                caughtUp.countDown();
                LOG.atDebug().addKeyValue("topic", topic).log("there is no topic of cancellations");
            } catch (WakeupException e) {
                throw e;
            } catch (KafkaException e) {
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("error", e.getMessage())
                        .log("cancellations cannot be read yet");
            }
            Thread.sleep(RETRY_AFTER);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String id = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            cancelled.remove(id);
        } else {
            cancelled.put(id, Instant.ofEpochMilli(record.timestamp()));
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
