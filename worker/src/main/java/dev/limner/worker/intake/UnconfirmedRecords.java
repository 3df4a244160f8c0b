package dev.limner.worker.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were fetched, in order, but are not known yet to be of the topic that is owned. How many may wait is
 * bounded, by number and by bytes; what one poll brings in comes on top. One thread.
 */
final class UnconfirmedRecords {
    /** Bytes of records that may wait. */
    static final long MOST_BYTES = 8 << 20;
    /** A topic that nobody knows any more for so long is not waited for. */
    static final Duration GONE_AFTER = Duration.ofSeconds(5);

    private final int most;
    private final Deque<Fetched> waiting = new ArrayDeque<>();

    /** @param nanos the {@link System#nanoTime()} of its arrival */
    private record Fetched(TopicPartition partition, RecordDelivery delivery, long nanos) {}

    /**
     * What has become of those that waited.
     *
     * @param deliveries that are of the right topic, in order within each partition
     * @param gone partitions whose topic nobody knows any more
     */
    record Confirmed(List<RecordDelivery> deliveries, Set<TopicPartition> gone) {}

    /** @param most records that may wait */
    UnconfirmedRecords(int most) {
        this.most = most;
    }

    void add(TopicPartition partition, RecordDelivery delivery, long nanos) {
        waiting.add(new Fetched(partition, delivery, nanos));
    }

    /** Whether nothing more should be fetched for now. */
    boolean isFull() {
        return waiting.size() >= most || bytes() >= MOST_BYTES;
    }

    private long bytes() {
        return waiting.stream()
                .mapToLong(fetched -> fetched.delivery().original().bytes())
                .sum();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether any record of a partition waits. */
    boolean holds(TopicPartition partition) {
        return waiting.stream().anyMatch(fetched -> fetched.partition().equals(partition));
    }

    /**
     * Lets go of what was fetched before the brokers said which topics these are, and of what is no longer owned as it was.
     *
     * @param said by the brokers
     * @param owned whether a record's partition is still owned as when it was fetched
     * @param now the {@link System#nanoTime()}
     */
    Confirmed confirm(PartitionStandings.TopicIds said, Predicate<RecordRef> owned, long now) {
        List<RecordDelivery> deliveries = new ArrayList<>();
        Set<TopicPartition> gone = new HashSet<>();
        waiting.removeIf(fetched -> {
            if (!owned.test(fetched.delivery().ref())) {
                return true;
            }
            boolean since = fetched.nanos() - said.since() < 0;
            boolean known = since && said.ids().containsKey(fetched.partition().topic());
            if (known) {
                deliveries.add(fetched.delivery());
            } else if (since && now - fetched.nanos() > GONE_AFTER.toNanos()) {
                gone.add(fetched.partition());
            }
            return known;
        });
        return new Confirmed(deliveries, gone);
    }
}
