package dev.limner.worker.topic;

import dev.limner.kafka.CommittedReader;
import dev.limner.worker.intake.RightsAdvice;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a topic, from its beginning and on, without a group: for what every worker has to know. Committed records only,
 * on a thread of its own, in order within a partition, each once unless the topic is created again. Partitions that are added
 * are read as well. A topic that is deleted and created again is another topic: its reader is told to forget the old one and
 * gets the new one from its beginning.
 *
 * <p>Nothing but {@link #close()} and an {@link Error} ends the reading: after a failure it continues where it was, with a
 * new connection, after a pause of at most half a minute; {@link #failing()} says why meanwhile.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ASK_WITHIN = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration SAY_EVERY = Duration.ofSeconds(30);

    private final String bootstrap;
    private final String topic;
    private final String client;
    private final Reader reader;
    private final Duration lookEvery;
    private final Function<Map<String, Object>, CommittedReader> connect;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable CommittedReader consumer;
    private volatile @Nullable String failure;
    private volatile long progressNanos = System.nanoTime();

    /** Of the reading thread, as everything below: what the next record of each partition is, in the topic of this id. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    private @Nullable Uuid topicId;
    /** What was in the topic when its first partitions were found; empty once it is read. */
    private final Map<TopicPartition, Long> unread = new HashMap<>();

    private Duration pause = FIRST_PAUSE;

    /**
     * A record.
     *
     * @param value null for a tombstone
     * @param at its timestamp
     */
    public record Entry(byte @Nullable [] key, byte @Nullable [] value, Instant at) {}

    /** Takes what is read, on the reading thread. */
    public interface Reader {
        /** Takes a record. One that makes this throw is logged and passed over. */
        void take(Entry entry);

        /** The topic was deleted and created again: what it said before counts no more. Its records follow. */
        void startOver();
    }

    /**
     * Starts to read.
     *
     * @param client how the brokers' logs name this reader
     */
    public TopicReader(String bootstrap, String topic, String client, Reader reader) {
        this(bootstrap, topic, client, reader, LOOK_EVERY, config -> CommittedReader.connect(config, ASK_WITHIN));
    }

    /**
     * @param lookEvery how often the topic's id and partitions are asked for
     * @param connect makes a connection of its settings
     */
    TopicReader(
            String bootstrap,
            String topic,
            String client,
            Reader reader,
            Duration lookEvery,
            Function<Map<String, Object>, CommittedReader> connect) {
        this.connect = connect;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.client = client;
        this.reader = reader;
        this.lookEvery = lookEvery;
        this.thread = Thread.ofPlatform().name("limner-read-" + topic).daemon().start(this::run);
    }

    /**
     * Waits until everything that was in the topic at the start is read, however long that takes: brokers that are unavailable come
     * back. Says from time to time why it still waits.
     *
     * @throws CancellationException if the thread is interrupted, which it stays
     */
    public void awaitCaughtUp() {
        while (!awaitCaughtUp(SAY_EVERY)) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("error", failing().orElse("none"))
                    .log("the worker waits until it has read the topic to its end");
        }
    }

    /** As {@link #awaitCaughtUp()}, but no longer than that; false if it has not been read by then. */
    boolean awaitCaughtUp(Duration within) {
        try {
            return caughtUp.await(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while reading " + topic);
        }
    }

    /** Why the topic cannot be read at the moment; empty while it can. Safe from any thread. */
    public Optional<String> failing() {
        return Optional.ofNullable(failure);
    }

    /** How long ago the brokers last told about the topic. Safe from any thread. */
    public Duration sinceProgress() {
        return Duration.ofNanos(System.nanoTime() - progressNanos);
    }

    private void run() {
        try {
            while (!isClosing()) {
                try (Admin admin = Admin.create(adminConfig());
                        CommittedReader mine = connect.apply(consumerConfig())) {
                    consumer = mine;
                    follow(admin, mine);
                } catch (WakeupException e) {
                    LOG.atDebug().addKeyValue("topic", topic).log("the topic is no longer read");
                } catch (RuntimeException e) {
                    failed(e);
                    rest();
                } finally {
                    consumer = null;
                }
            }
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("topic", topic).log("the topic is no longer read");
        } catch (Error e) {
            failure = e.toString();
            LOG.atError()
                    .addKeyValue("topic", topic)
                    .setCause(e)
                    .log("the topic is no longer read, because of a failure");
            throw e;
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void failed(RuntimeException e) {
        String why = e instanceof TopicAuthorizationException
                ? RightsAdvice.onTopics(List.of(topic), List.of(AclOperation.READ))
                : e.toString();
        failure = why;
        LOG.atWarn()
                .addKeyValue("topic", topic)
                .addKeyValue("error", why)
                .addKeyValue("retryInMs", pause.toMillis())
                .log("the topic cannot be read, will be tried again");
    }

    private void rest() throws InterruptedException {
        var unused = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    /** Reads with one connection until it fails, the reader is closed, or the topic is another. */
    private void follow(Admin admin, CommittedReader mine) throws InterruptedException {
        long looked = System.nanoTime() - lookEvery.toNanos();
        while (!isClosing()) {
            if (System.nanoTime() - looked >= lookEvery.toNanos() || positions.isEmpty()) {
                if (!look(admin, mine)) {
                    return;
                }
                looked = System.nanoTime();
            }
            if (positions.isEmpty()) {
                var unused = closing.await(FIRST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                continue;
            }
            noteCaughtUp(mine);
            ConsumerRecords<byte[], byte[]> records = mine.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                take(record);
            }
            records.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            reader.take(new Entry(record.key(), record.value(), Instant.ofEpochMilli(record.timestamp())));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("topic", topic)
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("a record could not be taken and is passed over");
        }
    }

    /**
     * Looks which topic this is and which partitions it has.
     *
     * @return false if it is another one than before and has to be read with a new connection
     */
    private boolean look(Admin admin, CommittedReader mine) throws InterruptedException {
        Optional<TopicDescription> found;
        try {
            found = describe(admin);
        } catch (RetriableException e) {
            // The connection may be as good as ever when the brokers are back.
            failure = e.toString();
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("error", e.getMessage())
                    .log("the brokers do not tell about the topic");
            return true;
        }
        progressNanos = System.nanoTime();
        failure = null;
        pause = FIRST_PAUSE;
        if (found.isEmpty()) {
            // A fleet whose topics were made by hand, without this one: there is nothing to know until it is there.
            LOG.atDebug().addKeyValue("topic", topic).log("there is no such topic");
            caughtUp.countDown();
            return true;
        }
        TopicDescription now = found.get();
        Uuid before = topicId;
        topicId = now.topicId();
        if (before != null && !before.equals(topicId)) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .log("the topic was deleted and created again: read from its beginning");
            positions.clear();
            unread.clear();
            reader.startOver();
            return false;
        }
        assign(
                mine,
                now.partitions().stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList());
        return true;
    }

    private Optional<TopicDescription> describe(Admin admin) throws InterruptedException {
        try {
            return Optional.of(Objects.requireNonNull(
                    admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get(2 * ASK_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                            .get(topic),
                    "a topic without a description"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer", e);
        }
    }

    /** Partitions that were not read before are read from their beginning, the others from where this reader was. */
    private void assign(CommittedReader mine, List<TopicPartition> all) {
        boolean first = positions.isEmpty();
        Map<TopicPartition, Long> fresh = mine.assign(all, positions);
        if (fresh.isEmpty()) {
            return;
        }
        if (first && caughtUp.getCount() > 0) {
            unread.putAll(mine.ends());
        }
        positions.putAll(fresh);
        LOG.atDebug().addKeyValue("topic", topic).addKeyValue("partitions", all).log("reading the topic");
    }

    private void noteCaughtUp(CommittedReader mine) {
        // Behind the last record there may be transaction markers; the reader has passed them.
        unread.keySet().forEach(partition -> positions.put(partition, mine.position(partition)));
        if (mine.passed(unread)) {
            caughtUp.countDown();
        }
    }

    private Map<String, Object> adminConfig() {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.CLIENT_ID_CONFIG,
                client + "-topics",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) ASK_WITHIN.toMillis(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) ASK_WITHIN.toMillis());
    }

    private Map<String, Object> consumerConfig() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.CLIENT_ID_CONFIG,
                client,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) ASK_WITHIN.toMillis());
    }

    @Override
    public void close() {
        closing.countDown();
        CommittedReader mine = consumer;
        if (mine != null) {
            mine.wakeup();
        }
        try {
            thread.join(ASK_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
