package dev.limner.worker.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that cannot be read on. A damaged batch makes every poll fail at the same position for ever, whatever other
 * partitions have to offer, in this worker and in every one that takes the partition over. Such a partition rests, named,
 * and is tried again now and then, because it may be the reading that was bad. It is never read past the damage: which
 * jobs would be lost by that is for a person to say.
 *
 * <p>What the consumer has fetched of a partition it keeps, and fails on again without asking the broker, as long as the
 * partition's position is the same. So a resting partition's position is one further on, and before it is tried again the
 * consumer polls it there once; what comes of that is ignored.
 *
 * <p>One thread: the control thread.
 */
final class UnreadablePartitions {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadablePartitions.class);
    private static final Duration POSITION_WITHIN = Duration.ofMillis(100);

    private final Consumer<?, ?> consumer;
    private final Duration again;
    private final LongSupplier nanoTime;
    /** Those that the poll under way may put away. */
    private final Set<TopicPartition> clearing = new HashSet<>();

    private final Map<TopicPartition, Hold> holds = new HashMap<>();

    private enum Phase {
        RESTING,
        CLEARING,
        TRYING
    }

    /**
     * A partition that cannot be read on.
     *
     * @param offset of the next record
     * @param cause what the consumer remembers of its failure: the same object for what it had fetched already
     * @param againNanos when it is tried again
     */
    private record Hold(long offset, Throwable cause, String error, long sinceNanos, Phase phase, long againNanos) {
        Hold in(Phase next) {
            return new Hold(offset, cause, error, sinceNanos, next, againNanos);
        }
    }

    /**
     * Nothing rests yet.
     *
     * @param again when a partition is tried again
     * @param nanoTime the clock, in nanoseconds from anywhere
     */
    UnreadablePartitions(Consumer<?, ?> consumer, Duration again, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.again = again;
        this.nanoTime = nanoTime;
    }

    /**
     * A poll has failed.
     *
     * @param owned partitions
     * @return false if the failure is not about one of these
     */
    boolean met(KafkaException failure, Set<TopicPartition> owned) {
        Optional<TopicPartition> named = named(failure, owned);
        named.ifPresent(partition -> met(failure, partition));
        return named.isPresent();
    }

    /** Kafka's consumer names the partition in its message and nowhere else. */
    private static Optional<TopicPartition> named(KafkaException failure, Set<TopicPartition> owned) {
        if (!failure.getClass().equals(KafkaException.class)) {
            return Optional.empty();
        }
        Set<String> words = Arrays.stream(String.valueOf(failure.getMessage()).split("[\\s=]+"))
                .map(word -> word.replaceFirst("[.,:;]+$", ""))
                .collect(Collectors.toSet());
        return owned.stream()
                .filter(partition -> words.contains(partition.toString()))
                .findFirst();
    }

    @SuppressWarnings("ReferenceEquality") // The very object that the consumer keeps.
    private void met(KafkaException failure, TopicPartition partition) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        Hold before = holds.get(partition);
        if (before == null) {
            Optional<Long> position = position(partition);
            position.ifPresent(offset -> rest(partition, offset, cause, nanoTime.getAsLong()));
            return;
        }
        switch (before.phase()) {
            case CLEARING -> go(partition, before.in(Phase.TRYING));
            case TRYING -> {
                if (before.cause() == cause) {
                    go(partition, before.in(Phase.CLEARING));
                } else {
                    rest(partition, before.offset(), cause, before.sinceNanos());
                }
            }
            case RESTING -> LOG.atDebug().addKeyValue("error", cause.toString()).log("a late failure");
        }
    }

    private void rest(TopicPartition partition, long offset, Throwable cause, long since) {
        String error = String.valueOf(cause.getMessage());
        go(partition, new Hold(offset, cause, error, since, Phase.RESTING, nanoTime.getAsLong() + again.toNanos()));
        LOG.atError()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("offset", offset)
                .addKeyValue("error", error)
                .addKeyValue("retryInMs", again.toMillis())
                .log("a partition cannot be read on: its jobs wait, all others continue");
    }

    private void go(TopicPartition partition, Hold hold) {
        holds.put(partition, hold);
        try {
            consumer.seek(partition, hold.phase() == Phase.TRYING ? hold.offset() : hold.offset() + 1);
            if (hold.phase() == Phase.RESTING) {
                consumer.pause(Set.of(partition));
            }
        } catch (IllegalStateException e) {
            // Lost, and the listener has not been told yet.
            holds.remove(partition);
        }
    }

    /** Partitions whose time has come are tried again; those that continue are let go of. */
    void beforePoll() {
        for (Map.Entry<TopicPartition, Hold> entry : List.copyOf(holds.entrySet())) {
            TopicPartition partition = entry.getKey();
            Hold hold = entry.getValue();
            if (hold.phase() == Phase.RESTING && nanoTime.getAsLong() - hold.againNanos() >= 0) {
                go(partition, hold.in(Phase.CLEARING));
            } else if (hold.phase() == Phase.TRYING
                    && position(partition).filter(now -> now > hold.offset()).isPresent()) {
                readable(partition);
            }
        }
        clearing.clear();
        holds.forEach((partition, hold) -> {
            if (hold.phase() == Phase.CLEARING) {
                clearing.add(partition);
            }
        });
    }

    /** The consumer has looked at everything it had fetched, as far as it was to be read. */
    void afterPoll() {
        for (TopicPartition partition : clearing) {
            Hold hold = holds.get(partition);
            if (hold != null && hold.phase() == Phase.CLEARING) {
                go(partition, hold.in(Phase.TRYING));
            }
        }
        clearing.clear();
    }

    private Optional<Long> position(TopicPartition partition) {
        try {
            return Optional.of(JobSource.unhurried(() -> consumer.position(partition, POSITION_WITHIN)));
        } catch (IllegalStateException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private void readable(TopicPartition partition) {
        Hold was = holds.remove(partition);
        if (was != null) {
            LOG.atInfo()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", was.offset())
                    .log("a partition can be read on again");
        }
    }

    /** Whether what is read of a partition does not count. */
    boolean ignores(TopicPartition partition) {
        Hold hold = holds.get(partition);
        return hold != null && hold.phase() != Phase.TRYING;
    }

    /** Whether a partition is paused, whatever others want. */
    boolean rests(TopicPartition partition) {
        Hold hold = holds.get(partition);
        return hold != null && hold.phase() == Phase.RESTING;
    }

    /** Whether a partition is not paused, whatever others want: nothing that is read of it counts. */
    boolean clears(TopicPartition partition) {
        Hold hold = holds.get(partition);
        return hold != null && hold.phase() == Phase.CLEARING;
    }

    /** Whether the consumer's position of a partition says nothing. */
    boolean holds(TopicPartition partition) {
        return holds.containsKey(partition);
    }

    boolean isEmpty() {
        return holds.isEmpty();
    }

    void forget(Collection<TopicPartition> gone) {
        holds.keySet().removeAll(gone);
    }

    List<PartitionDamage> known() {
        long now = nanoTime.getAsLong();
        List<PartitionDamage> known = new ArrayList<>();
        holds.forEach((partition, hold) -> known.add(new PartitionDamage(
                new PartitionRef(partition.topic(), partition.partition()),
                hold.offset(),
                hold.error(),
                Duration.ofNanos(now - hold.sinceNanos()))));
        return known;
    }
}
