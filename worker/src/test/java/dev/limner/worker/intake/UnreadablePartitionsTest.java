package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnreadablePartitionsTest {
    private static final TopicPartition BAD = new TopicPartition("a.jobs-1", 1);
    /** Its name begins with the other's. */
    private static final TopicPartition GOOD = new TopicPartition("a.jobs-1", 12);

    private static final Set<TopicPartition> OWNED = Set.of(BAD, GOOD);

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private long now = -7;
    private final UnreadablePartitions unreadable = new UnreadablePartitions(consumer, AGAIN, () -> now);

    @BeforeEach
    void assign() {
        consumer.assign(OWNED);
        consumer.seek(BAD, 5);
        consumer.seek(GOOD, 9);
    }

    @Test
    void shouldLetADamagedPartitionRestAndNameWhereItStands() {
        assertThat(unreadable.met(next(damage()), OWNED)).isTrue();
        now += 2_000_000_000;

        assertThat(unreadable.known()).singleElement().satisfies(damage -> {
            assertThat(damage.partition()).isEqualTo(new PartitionRef("a.jobs-1", 1));
            assertThat(damage.offset()).isEqualTo(5);
            assertThat(damage.sentence())
                    .startsWith("a.jobs-1-1 cannot be read on at offset 5 since 2 s (bytes differ)")
                    .contains("move the group's offset past it by hand");
        });
        assertThat(unreadable.rests(BAD)).isTrue();
        assertThat(unreadable.ignores(BAD)).isTrue();
        assertThat(unreadable.holds(BAD)).isTrue();
        assertThat(unreadable.rests(GOOD)).isFalse();
        assertThat(unreadable.holds(GOOD)).isFalse();
        assertThat(consumer.paused()).containsExactly(BAD);
    }

    @Test
    void shouldKnowAllTheWaysInWhichTheConsumerNamesAPartition() {
        for (String message : List.of(
                "Received exception when fetching the next record from a.jobs-1-1. If needed, please seek past the"
                        + " record to continue consumption.",
                "Encountered corrupt message when fetching offset 5 for topic-partition a.jobs-1-1",
                "Failed to make progress reading messages at a.jobs-1-1=5. Received a non-empty fetch response from"
                        + " the server, but no complete records were found.",
                "Record batch for partition a.jobs-1-1 at offset 5 is invalid, cause: Record is corrupt")) {
            UnreadablePartitions one = new UnreadablePartitions(consumer, AGAIN, () -> now);
            assertThat(one.met(new KafkaException(message), OWNED)).as(message).isTrue();
            assertThat(one.rests(BAD)).as(message).isTrue();
        }
    }

    @Test
    void shouldLeaveOtherFailuresAlone() {
        assertThat(unreadable.met(new KafkaException("User rebalance callback throws an error"), OWNED))
                .isFalse();
        assertThat(unreadable.met(new KafkaException("no a.jobs-1-11 here"), OWNED))
                .isFalse();
        assertThat(unreadable.met(new CorruptRecordException("on a.jobs-1-1"), OWNED))
                .isFalse();
        assertThat(unreadable.met(new KafkaException((String) null), OWNED)).isFalse();
        assertThat(unreadable.isEmpty()).isTrue();
    }

    @Test
    void shouldTryAgainAfterAWhileFromWhereItStoodWithoutWhatWasFetched() {
        unreadable.met(next(damage()), OWNED);
        now += AGAIN.toNanos() - 1;
        unreadable.beforePoll();
        assertThat(unreadable.rests(BAD)).isTrue();

        now++;
        unreadable.beforePoll();
        assertThat(unreadable.rests(BAD)).isFalse();
        assertThat(unreadable.clears(BAD)).isTrue();
        assertThat(unreadable.ignores(BAD)).isTrue();
        assertThat(consumer.position(BAD)).as("elsewhere").isEqualTo(6);

        unreadable.afterPoll();
        assertThat(unreadable.ignores(BAD)).isFalse();
        assertThat(unreadable.holds(BAD)).isTrue();
        assertThat(consumer.position(BAD)).isEqualTo(5);
        unreadable.beforePoll();
        assertThat(unreadable.holds(BAD)).as("as long as nothing has come").isTrue();

        consumer.seek(BAD, 6);
        unreadable.beforePoll();
        assertThat(unreadable.isEmpty()).isTrue();
        assertThat(unreadable.known()).isEmpty();
    }

    @Test
    void shouldRestAgainWhereItStoodIfItFailsAnew() {
        unreadable.met(next(damage()), OWNED);
        tryAgain();

        unreadable.met(next(damage()), OWNED);

        assertThat(unreadable.rests(BAD)).isTrue();
        assertThat(unreadable.known()).singleElement().satisfies(damage -> {
            assertThat(damage.offset()).isEqualTo(5);
            assertThat(damage.since()).isEqualTo(AGAIN);
        });
        tryAgain();
        assertThat(consumer.position(BAD)).isEqualTo(5);
        assertThat(unreadable.rests(BAD)).isFalse();
    }

    /** The consumer has not got round to forgetting what it had fetched. */
    @Test
    void shouldPutAwayWhatWasFetchedOnceMoreIfThatIsWhatFails() {
        KafkaException first = damage();
        unreadable.met(next(first), OWNED);
        tryAgain();

        unreadable.met(next(first), OWNED);

        unreadable.afterPoll();
        assertThat(unreadable.clears(BAD)).as("until another poll").isTrue();
        assertThat(consumer.position(BAD)).isEqualTo(6);
        unreadable.beforePoll();
        unreadable.afterPoll();
        assertThat(unreadable.ignores(BAD)).isFalse();
        assertThat(consumer.position(BAD)).isEqualTo(5);
    }

    @Test
    void shouldTakeNoFailureSeriouslyWhileItPutsAwayWhatWasFetched() {
        unreadable.met(next(damage()), OWNED);
        now += AGAIN.toNanos();
        unreadable.beforePoll();

        unreadable.met(next(damage()), OWNED);
        unreadable.afterPoll();

        assertThat(unreadable.rests(BAD)).isFalse();
        assertThat(unreadable.ignores(BAD)).isFalse();
        assertThat(consumer.position(BAD)).isEqualTo(5);
    }

    @Test
    void shouldForgetPartitionsThatAreGone() {
        unreadable.met(next(damage()), OWNED);
        unreadable.forget(Set.of(BAD));

        assertThat(unreadable.isEmpty()).isTrue();
        assertThat(unreadable.rests(BAD)).isFalse();
    }

    private void tryAgain() {
        now += AGAIN.toNanos();
        unreadable.beforePoll();
        unreadable.afterPoll();
    }

    private static KafkaException damage() {
        return new KafkaException("bytes differ");
    }

    private static KafkaException next(KafkaException cause) {
        return new KafkaException(
                "Received exception when fetching the next record from a.jobs-1-1. If needed, please seek past the"
                        + " record to continue consumption.",
                cause);
    }
}
