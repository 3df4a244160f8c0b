package dev.limner.worker.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers, on a thread of its own, where newly assigned partitions stand and which ids the job topics have. Each
 * partition is answered by itself: one without a leader, with a transaction that is still open, or of a topic that this
 * worker has no right to holds up no other. Methods are safe from any thread.
 */
final class PartitionStandings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionStandings.class);
    private static final int ANSWER_WITHIN_MILLIS = 5_000;
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);
    /** How soon a topic that was created again is noticed if nothing is fetched from it. */
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    /** A new leader may not know for a moment how far its log is committed. */
    private static final Duration BEHIND_FOR = Duration.ofSeconds(5);

    private final IntakeSettings settings;
    private final Runnable news;
    private final Admin admin;
    private final Thread thread;
    private final Map<TopicPartition, Asked> asked = new HashMap<>();
    private final Queue<PartitionAssignment> known = new ConcurrentLinkedQueue<>();
    private volatile TopicIds ids = new TopicIds(Map.of(), System.nanoTime());
    private boolean idsWanted;
    private volatile boolean closed;

    /**
     * Which ids the topics had.
     *
     * @param ids by name; a topic that was not there is not among them, {@link Uuid#ZERO_UUID} is that of brokers without
     *     ids
     * @param since the {@link System#nanoTime()} before the question
     */
    record TopicIds(Map<String, Uuid> ids, long since) {}

    private record Asked(long ownership, boolean recreated, boolean own, long sinceNanos, boolean inFlight) {
        Asked inFlight(boolean now) {
            return new Asked(ownership, recreated, own, sinceNanos, now);
        }
    }

    /** @param news called on another thread whenever there is something new to take */
    PartitionStandings(IntakeSettings settings, Runnable news) {
        this.settings = settings;
        this.news = news;
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrap(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                settings.client(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                3_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ANSWER_WITHIN_MILLIS));
        this.thread = Thread.ofPlatform().name("limner-standings").daemon().start(this::run);
    }

    /**
     * Asks where a partition stands.
     *
     * @param recreated whether its topic was created again while this worker had it
     * @param own whether this worker had it until now
     */
    synchronized void ask(TopicPartition partition, long ownership, boolean recreated, boolean own) {
        asked.put(partition, new Asked(ownership, recreated, own, System.nanoTime(), false));
        notifyAll();
    }

    synchronized void forget(Set<TopicPartition> gone) {
        asked.keySet().removeAll(gone);
    }

    /** What became known since the last call. */
    @Nullable
    PartitionAssignment take() {
        return known.poll();
    }

    TopicIds topicIds() {
        return ids;
    }

    /** Asks for the topics' ids now. */
    synchronized void askForIds() {
        if (!idsWanted) {
            idsWanted = true;
            notifyAll();
        }
    }

    private void run() {
        try {
            long lookedNanos = System.nanoTime() - WATCH_EVERY.toNanos();
            while (!closed) {
                Map<TopicPartition, Asked> due = awaitWork(lookedNanos);
                long since = System.nanoTime();
                lookedNanos = since;
                describe().ifPresent(found -> {
                    ids = new TopicIds(found, since);
                    news.run();
                });
                if (!due.isEmpty()) {
                    ask(due);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Partitions to ask for, after a pause if there are none that were not asked for just now. */
    private synchronized Map<TopicPartition, Asked> awaitWork(long lookedNanos) throws InterruptedException {
        while (!closed) {
            long passed = (System.nanoTime() - lookedNanos) / 1_000_000;
            Map<TopicPartition, Asked> due = due();
            boolean fresh = due.values().stream().anyMatch(partition -> partition.sinceNanos() - lookedNanos > 0);
            long wait = (due.isEmpty() ? WATCH_EVERY : RETRY_AFTER).toMillis() - passed;
            if (idsWanted || fresh || wait <= 0) {
                idsWanted = false;
                due.keySet().forEach(partition -> asked.computeIfPresent(partition, (k, one) -> one.inFlight(true)));
                return due;
            }
            wait(wait);
        }
        return Map.of();
    }

    private Map<TopicPartition, Asked> due() {
        return asked.entrySet().stream()
                .filter(entry -> !entry.getValue().inFlight())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Empty if the brokers do not answer. A topic that this worker may not look at counts as one that is not there. */
    private Optional<Map<String, Uuid>> describe() throws InterruptedException {
        Map<String, Uuid> found = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(settings.topics()).topicNameValues().entrySet()) {
            try {
                TopicDescription description = topic.getValue().get(ANSWER_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
                found.put(topic.getKey(), description.topicId());
            } catch (ExecutionException | TimeoutException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    continue;
                }
                LOG.atWarn()
                        .addKeyValue("topic", topic.getKey())
                        .addKeyValue("error", e.toString())
                        .log("the brokers do not tell the topic's id; what was fetched waits");
                if (!(e.getCause() instanceof AuthorizationException)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(found);
    }

    private void ask(Map<TopicPartition, Asked> due) {
        try {
            look(due, ids.ids());
        } catch (RuntimeException e) {
            // Without this thread nothing would ever be delivered again, and nobody would know why.
            due.forEach((partition, question) -> settle(partition, question, null, e));
        }
    }

    private void look(Map<TopicPartition, Asked> due, Map<String, Uuid> topicIds) {
        Set<TopicPartition> partitions = due.keySet();
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> committed = admin.listConsumerGroupOffsets(
                        Map.of(settings.group(), new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)),
                        new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata(settings.group());
        ListOffsetsResult begins = admin.listOffsets(all(partitions, OffsetSpec.earliest()));
        ListOffsetsResult ends = admin.listOffsets(
                all(partitions, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        due.forEach((partition, question) -> {
            var begin = begins.partitionResult(partition);
            var end = ends.partitionResult(partition);
            var unused = KafkaFuture.allOf(committed, begin, end).whenComplete((nothing, failure) -> {
                Uuid id = topicIds.get(partition.topic());
                // An offset that a transaction is about to change is not among those that are told.
                PartitionAssignment found =
                        failure != null || id == null || !now(committed).containsKey(partition)
                                ? null
                                : assignment(
                                        partition, question, now(committed).get(partition), now(begin), now(end), id);
                settle(partition, question, found, failure);
            });
        });
    }

    private static PartitionAssignment assignment(
            TopicPartition partition,
            Asked question,
            @Nullable OffsetAndMetadata found,
            ListOffsetsResult.ListOffsetsResultInfo begin,
            ListOffsetsResult.ListOffsetsResultInfo end,
            Uuid id) {
        return new PartitionAssignment(
                new PartitionRef(partition.topic(), partition.partition()),
                question.ownership(),
                found == null ? PartitionAssignment.NOTHING_COMMITTED : found.offset(),
                found == null ? "" : found.metadata(),
                begin.offset(),
                end.offset(),
                id.equals(Uuid.ZERO_UUID) ? null : id,
                question.recreated(),
                question.own());
    }

    private synchronized void settle(
            TopicPartition partition,
            Asked question,
            @Nullable PartitionAssignment found,
            @Nullable Throwable failure) {
        Asked current = asked.get(partition);
        if (current == null || current.ownership() != question.ownership()) {
            return;
        }
        boolean behind = found != null && found.committed() > found.end();
        if (found == null || (behind && System.nanoTime() - current.sinceNanos() < BEHIND_FOR.toNanos())) {
            asked.put(partition, current.inFlight(false));
            notifyAll();
            LOG.atInfo()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("error", failure == null ? "none" : failure.toString())
                    .log("it is not known yet where the partition stands");
            return;
        }
        asked.remove(partition);
        known.add(found);
        news.run();
    }

    private static <T> T now(KafkaFuture<T> complete) {
        try {
            return Objects.requireNonNull(complete.getNow(null));
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("not complete, or failed", e);
        }
    }

    private static Map<TopicPartition, OffsetSpec> all(Set<TopicPartition> partitions, OffsetSpec spec) {
        return partitions.stream().collect(Collectors.toMap(partition -> partition, unused -> spec));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        admin.close(Duration.ZERO);
    }
}
