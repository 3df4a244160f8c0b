package dev.limner.testkit.chaos.check;

import dev.limner.kafka.CommittedReader;
import dev.limner.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * All committed records of a fleet's jobs, results, dead letters and cancellations, each once, also of partitions that are
 * added and of topics that are created again. One thread reads; everything else is safe from any thread.
 */
final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(1);
    private static final Duration STALL = Duration.ofMinutes(5);
    private static final long PARTITIONS_EVERY_NANOS = 1_000_000_000L;

    private final Topics topics;
    private final Reader reader;
    private final CommittedReader consumer;
    private final Set<String> left = new HashSet<>();
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopped;

    /** Takes what is read, on the reading thread. */
    interface Reader {
        void take(ConsumerRecord<byte[], byte[]> record);

        /** Everything of a poll was taken. */
        void polled();

        /** Nothing more is read. */
        void failed(RuntimeException failure);
    }

    LogReader(String bootstrap, Topics topics, Reader reader) {
        this.topics = topics;
        this.reader = reader;
        this.consumer = CommittedReader.connect(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        50,
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        1000),
                ANSWER_WITHIN);
        this.thread = Thread.ofPlatform().name("checker").daemon().start(this::run);
    }

    private void run() {
        long next = 0;
        try (consumer) {
            while (!stopped) {
                for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                    next = 0;
                }
                if (System.nanoTime() >= next) {
                    assignAll();
                    next = System.nanoTime() + PARTITIONS_EVERY_NANOS;
                }
                consumer.poll(POLL).forEach(reader::take);
                reader.polled();
            }
        } catch (RuntimeException e) {
            reader.failed(e);
        }
    }

    private void assignAll() {
        List<String> read = new ArrayList<>(topics.allJobs());
        read.addAll(List.of(topics.results(), topics.deadLetters(), topics.cancellations()));
        read.removeAll(left);
        try {
            var unused = consumer.assign(consumer.partitions(read), Map.of());
        } catch (TimeoutException e) {
            // The brokers are unavailable; what is assigned stays, and what is new begins at its oldest record all the
            // same.
            return;
        }
    }

    /** Does something between two polls; returns when it is done. */
    private void order(Runnable order) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        orders.add(() -> {
            try {
                order.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        done.join();
    }

    /** Reads a topic to its present end and no further. */
    void leave(String topic) {
        order(() -> {
            Set<TopicPartition> those = consumer.assignment().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .collect(Collectors.toSet());
            consumer.readTo(consumer.ends(those), STALL, reader::take);
            left.add(topic);
        });
    }

    /** Reads a topic that was left and created again, from its beginning. */
    void comeBack(String topic) {
        order(() -> left.remove(topic));
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
