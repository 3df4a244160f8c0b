package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.JobCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class UnconfirmedRecordsTest {
    private static final TopicPartition FIRST = new TopicPartition("jobs", 0);
    private static final TopicPartition SECOND = new TopicPartition("jobs", 1);
    private static final int MOST = 4;
    private static final long ASKED = 1_000_000_000;

    private final UnconfirmedRecords unconfirmed = new UnconfirmedRecords(MOST);

    @Test
    void shouldBeFullAtItsBytesAndNotJustUnderThem() {
        int half = (int) UnconfirmedRecords.MOST_BYTES / 2;
        add(FIRST, 0, half, 0);
        add(FIRST, 1, half - 1, 0);
        assertThat(unconfirmed.isFull()).as("one byte less than may wait").isFalse();

        add(FIRST, 2, 1, 0);
        assertThat(unconfirmed.isFull()).as("as much as may wait").isTrue();

        confirm(ASKED, 0);
        assertThat(unconfirmed.isFull()).as("once it is known what it is").isFalse();
    }

    /** What a poll brings in is taken, however much it is. */
    @Test
    void shouldKeepWhatIsOverItsBytes() {
        add(FIRST, 0, (int) UnconfirmedRecords.MOST_BYTES - 1, 0);
        assertThat(unconfirmed.isFull()).isFalse();
        add(FIRST, 1, 2, 0);
        assertThat(unconfirmed.isFull()).isTrue();
        add(SECOND, 0, 1 << 20, 0);

        assertThat(confirm(ASKED, 0).deliveries()).hasSize(3);
    }

    @Test
    void shouldBeFullAtItsNumberAndNotJustUnderIt() {
        for (int i = 0; i < MOST - 1; i++) {
            add(FIRST, i, 1, 0);
        }
        assertThat(unconfirmed.isFull()).isFalse();
        add(FIRST, MOST - 1, 1, 0);
        assertThat(unconfirmed.isFull()).isTrue();
        add(FIRST, MOST, 1, 0);
        assertThat(unconfirmed.isFull()).isTrue();
        assertThat(confirm(ASKED, 0).deliveries())
                .extracting(delivery -> delivery.ref().offset())
                .containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void shouldKeepWhatWasFetchedAfterTheQuestion() {
        add(FIRST, 0, 1, ASKED - 1);
        add(SECOND, 0, 1, ASKED);

        assertThat(confirm(ASKED, ASKED).deliveries())
                .extracting(delivery -> delivery.ref().partition().number())
                .containsExactly(0);
        assertThat(unconfirmed.holds(FIRST)).isFalse();
        assertThat(unconfirmed.holds(SECOND)).isTrue();
        assertThat(unconfirmed.isEmpty()).isFalse();
    }

    @Test
    void shouldGiveUpATopicThatNobodyKnowsOnceItsTimeIsOver() {
        add(FIRST, 0, 1, 0);
        PartitionStandings.TopicIds nothing = new PartitionStandings.TopicIds(Map.of(), ASKED);
        long last = UnconfirmedRecords.GONE_AFTER.toNanos();

        assertThat(unconfirmed.confirm(nothing, any -> true, last).gone()).isEmpty();
        assertThat(unconfirmed.confirm(nothing, any -> true, last + 1).gone()).isEqualTo(Set.of(FIRST));
    }

    @Test
    void shouldForgetWhatIsNoLongerOwnedAsItWas() {
        add(FIRST, 0, (int) UnconfirmedRecords.MOST_BYTES, 0);

        assertThat(unconfirmed.confirm(ids(0), gone -> false, ASKED).deliveries())
                .isEmpty();
        assertThat(unconfirmed.isEmpty()).isTrue();
        assertThat(unconfirmed.isFull()).isFalse();
    }

    private UnconfirmedRecords.Confirmed confirm(long since, long now) {
        return unconfirmed.confirm(ids(since), any -> true, now);
    }

    private static PartitionStandings.TopicIds ids(long since) {
        return new PartitionStandings.TopicIds(Map.of("jobs", Uuid.ONE_UUID), since);
    }

    private void add(TopicPartition partition, long offset, int bytes, long nanos) {
        OriginalRecord original = new OriginalRecord(null, new byte[bytes], List.of(), 0);
        RecordRef ref = new RecordRef(new PartitionRef(partition.topic(), partition.partition()), offset, 1);
        unconfirmed.add(
                partition,
                new RecordDelivery(ref, original, JobCodec.decode("{}".getBytes(StandardCharsets.UTF_8), "id"), nanos),
                nanos);
    }
}
