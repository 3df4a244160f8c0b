package dev.limner.worker.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job topics through the plain consumer. It reads committed records only, never commits by itself (offsets go with
 * the results), and numbers every assignment of a partition.
 *
 * <p>A record is delivered once the brokers have said, after it was fetched, that its topic is still the one whose ledger
 * counts: a topic that is deleted and created again keeps its name and gets another id, and fetching continues in the middle
 * of it. Its partitions are then taken for lost and asked about anew.
 *
 * <p>One thread: the control thread.
 */
public final class JobSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobSource.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Duration POSITION_WITHIN = Duration.ofMillis(100);
    /** When a partition that cannot be read on is tried again. */
    private static final Duration AGAIN = Duration.ofSeconds(30);
    /** How long a poll takes while more records wait for their topic's id than may wait. */
    private static final Duration FULL_WAIT = Duration.ofMillis(20);

    private final String group;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final PartitionStandings standings;
    private final OwnershipListener listener;
    private final Map<TopicPartition, Owned> owned = new HashMap<>();
    /** Owned, but where to continue is not known yet. */
    private final Set<TopicPartition> unknown = new HashSet<>();

    private final UnconfirmedRecords unconfirmed;
    private final UnreadablePartitions unreadable;

    private volatile @Nullable String refusal;
    private long assignments;

    /**
     * An assignment.
     *
     * @param topicId null if it is not known yet or there is none
     * @param next no record before it is expected
     */
    record Owned(long ownership, @Nullable String topicId, long next) {}

    public JobSource(IntakeSettings settings, OwnershipListener listener) {
        this(settings, listener, AGAIN);
    }

    /** @param again when a partition that cannot be read on is tried again */
    JobSource(IntakeSettings settings, OwnershipListener listener, Duration again) {
        this.group = settings.group();
        this.listener = listener;
        this.unconfirmed = new UnconfirmedRecords(JobConsumer.mostPerPoll(settings));
        this.consumer = new KafkaConsumer<>(
                JobConsumer.configuration(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.unreadable = new UnreadablePartitions(consumer, again, System::nanoTime);
        this.standings = new PartitionStandings(settings, this::wakeUp);
        consumer.subscribe(settings.topics(), new Rebalances());
    }

    /**
     * Fetches and decodes what has arrived; rebalances are reported to the listener in here. Nothing is delivered of a
     * partition before {@link #begin}.
     *
     * @param full topics whose buffers are full: their partitions are paused
     * @param closed partitions to be paused as well; all others are resumed
     */
    public List<RecordDelivery> poll(Duration timeout, Set<String> full, Set<PartitionRef> closed) {
        boolean enough = unconfirmed.isFull();
        unreadable.beforePoll();
        pause(partition -> enough || full.contains(partition.topic()) || closed.contains(ref(partition)));
        try {
            note(consumer.poll(enough && timeout.compareTo(FULL_WAIT) > 0 ? FULL_WAIT : timeout));
            refusal = null;
        } catch (WakeupException e) {
            LOG.trace("woken");
        } catch (TopicAuthorizationException e) {
            refused(e.unauthorizedTopics());
        } catch (GroupAuthorizationException e) {
            // A consumer that was once refused does not ask again.
            throw new IllegalStateException(RightsAdvice.onGroup(group, AclOperation.READ), e);
        } catch (KafkaException e) {
            if (!unreadable.met(e, owned.keySet())) {
                throw e;
            }
        }
        unreadable.afterPoll();
        return confirmed();
    }

    private void note(ConsumerRecords<byte[], byte[]> records) {
        long now = System.nanoTime();
        Set<TopicPartition> back = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            Owned mine = owned.get(partition);
            boolean counts = !unknown.contains(partition) && !back.contains(partition);
            if (mine == null || !counts || unreadable.ignores(partition)) {
                continue;
            }
            if (record.offset() < mine.next()) {
                // The log is shorter than it was: another topic, or one that its brokers have lost records of.
                back.add(partition);
                continue;
            }
            owned.put(partition, new Owned(mine.ownership(), mine.topicId(), record.offset() + 1));
            unconfirmed.add(partition, RecordDelivery.of(record, mine, now), now);
        }
        back.forEach(partition -> retake(partition, false));
    }

    /**
     * What was fetched before the brokers last said which topics these are, in order within each partition; without what is
     * no longer owned as it was.
     */
    private List<RecordDelivery> confirmed() {
        PartitionStandings.TopicIds said = standings.topicIds();
        retakeRecreated(said);
        UnconfirmedRecords.Confirmed confirmed = unconfirmed.confirm(said, this::isOwned, System.nanoTime());
        confirmed.gone().forEach(partition -> retake(partition, false));
        if (!unconfirmed.isEmpty()) {
            standings.askForIds();
        }
        return confirmed.deliveries();
    }

    /** Whether a record's partition is owned as it was when the record was fetched. */
    private boolean isOwned(RecordRef record) {
        Owned mine = owned.get(topicPartition(record.partition()));
        return mine != null && mine.ownership() == record.ownership();
    }

    private void refused(Set<String> topics) {
        String now = RightsAdvice.onTopics(topics, Set.of(AclOperation.READ));
        if (!now.equals(refusal)) {
            refusal = now;
            LOG.atError().addKeyValue("error", now).log("topics cannot be fetched from");
        }
    }

    /** What the last poll was not allowed to read, and what to do about it. Safe from any thread. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Partitions that cannot be read on, each with where it stands; they are tried again now and then. */
    public List<PartitionDamage> damages() {
        return unreadable.known();
    }

    /** Whether none of them is such a partition. */
    public boolean readable() {
        return unreadable.isEmpty();
    }

    private void retakeRecreated(PartitionStandings.TopicIds said) {
        Map<String, Uuid> ids = said.ids();
        for (Map.Entry<TopicPartition, Owned> entry : List.copyOf(owned.entrySet())) {
            Uuid id = ids.get(entry.getKey().topic());
            String mine = entry.getValue().topicId();
            if (id != null && mine != null && !mine.equals(id.toString())) {
                LOG.atWarn()
                        .addKeyValue("topic", entry.getKey().topic())
                        .addKeyValue("partition", entry.getKey().partition())
                        .addKeyValue("topicId", id)
                        .addKeyValue("ownedTopicId", mine)
                        .log("the topic was deleted and created again");
                retake(entry.getKey(), true);
            }
        }
    }

    /** As if it had been lost and assigned again. */
    private void retake(TopicPartition partition, boolean recreated) {
        listener.lost(Set.of(ref(partition)));
        assign(partition, recreated, true);
        LOG.atWarn().addKeyValue("partition", partition).log("partition assigned again");
    }

    private void assign(TopicPartition partition, boolean recreated, boolean own) {
        long ownership = ++assignments;
        unreadable.forget(Set.of(partition));
        owned.put(partition, new Owned(ownership, null, 0));
        unknown.add(partition);
        standings.ask(partition, ownership, recreated, own);
    }

    /** Partitions assigned since the last call whose standing is known; the others follow. Asks nobody. */
    public List<PartitionAssignment> assignments() {
        List<PartitionAssignment> known = new ArrayList<>();
        for (PartitionAssignment assignment = standings.take(); assignment != null; assignment = standings.take()) {
            Owned mine = owned.get(topicPartition(assignment.partition()));
            if (mine != null && mine.ownership() == assignment.ownership()) {
                known.add(assignment);
            }
        }
        return known;
    }

    /**
     * Lets records of a partition be delivered, from an offset on.
     *
     * @param topicId which topic it is of; null if the brokers give topics no id
     * @return false if the partition is no longer owned as it was
     */
    public boolean begin(PartitionRef assigned, long ownership, @Nullable Uuid topicId, long offset) {
        TopicPartition partition = topicPartition(assigned);
        Owned mine = owned.get(partition);
        if (mine == null || mine.ownership() != ownership) {
            return false;
        }
        try {
            consumer.seek(partition, offset);
        } catch (IllegalStateException e) {
            // Lost again, and the listener has not been told yet.
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("the partition was taken away again meanwhile");
            return false;
        }
        unknown.remove(partition);
        owned.put(partition, new Owned(ownership, topicId == null ? null : topicId.toString(), offset));
        return true;
    }

    /** Ends a {@link #poll} that waits, or the next one, at once. Safe from any thread. */
    public void wakeUp() {
        consumer.wakeup();
    }

    /** Wanted pauses are set anew before each poll, because a reassignment forgets them. */
    private void pause(Predicate<TopicPartition> wanted) {
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> toPause = new HashSet<>();
        Set<TopicPartition> toResume = new HashSet<>();
        for (TopicPartition partition : owned.keySet()) {
            boolean pause = unknown.contains(partition)
                    || unreadable.rests(partition)
                    || (wanted.test(partition) && !unreadable.clears(partition));
            if (pause != paused.contains(partition)) {
                (pause ? toPause : toResume).add(partition);
            }
        }
        try {
            consumer.pause(toPause);
            consumer.resume(toResume);
        } catch (IllegalStateException e) {
            // The consumer's own thread has lost a partition and tells the listener in the next poll only; the one
            // after that sets the pauses again.
            LOG.atDebug()
                    .addKeyValue("error", e.getMessage())
                    .log("a partition to pause or resume was taken away meanwhile");
        }
    }

    /** Who this consumer is in its group, for the transaction that commits its offsets. */
    public ConsumerGroupMetadata groupMetadata() {
        return consumer.groupMetadata();
    }

    /**
     * Offset of the next record to be delivered; behind transaction markers and aborted records. -1 for a partition that
     * has gone already although the listener has not been told yet, while records of it are fetched but not delivered,
     * and while it cannot be read on.
     */
    public long position(PartitionRef of) {
        TopicPartition partition = topicPartition(of);
        if (unknown.contains(partition) || unconfirmed.holds(partition) || unreadable.holds(partition)) {
            return -1;
        }
        try {
            return unhurried(() -> consumer.position(partition, POSITION_WITHIN));
        } catch (IllegalStateException | TimeoutException e) {
            return -1;
        }
    }

    /** Asks the broker although somebody may just have called {@link #wakeUp}, which is meant for {@link #poll} only. */
    static <T> T unhurried(Supplier<T> question) {
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
        return owned.size();
    }

    /** Partitions that this worker owns, whatever is known of them. */
    public Set<PartitionRef> partitions() {
        return owned.keySet().stream().map(JobSource::ref).collect(Collectors.toSet());
    }

    /** What the brokers have sent so far, in bytes: as long as it grows, some of them answer. Safe from any thread. */
    public double receivedBytes() {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("incoming-byte-total")
                        && metric.getKey().group().equals("consumer-metrics"))
                .map(metric -> metric.getValue().metricValue())
                .filter(Double.class::isInstance)
                .mapToDouble(Double.class::cast)
                .sum();
    }

    /** Leaves the group. */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /** Leaves the group if the brokers answer within a time. */
    public void close(Duration within) {
        standings.close();
        consumer.close(CloseOptions.timeout(within));
    }

    private static TopicPartition topicPartition(PartitionRef partition) {
        return new TopicPartition(partition.topic(), partition.number());
    }

    private static PartitionRef ref(TopicPartition partition) {
        return new PartitionRef(partition.topic(), partition.partition());
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Nothing is asked of the broker in here: the group waits for this member.
            partitions.forEach(partition -> assign(partition, false, false));
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
            owned.keySet().removeAll(partitions);
            unknown.removeAll(partitions);
            unreadable.forget(partitions);
            standings.forget(Set.copyOf(partitions));
        }

        private static Set<PartitionRef> refs(Collection<TopicPartition> partitions) {
            return partitions.stream().map(JobSource::ref).collect(Collectors.toSet());
        }
    }
}
