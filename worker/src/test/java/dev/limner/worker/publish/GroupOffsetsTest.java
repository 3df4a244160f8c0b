package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupOffsetsTest {
    private static final PartitionRef QUIET = new PartitionRef("jobs", 0);
    private static final PartitionRef BUSY = new PartitionRef("jobs", 1);

    @Test
    void shouldTakeOnePartitionWithItsNonceForAProof() {
        PendingTransaction ready = ready(new Commit(5, "nonce"), new Commit(8, "other"));

        assertThat(GroupOffsets.landed(ready, committed(5, "nonce", 9, "a new owner's")))
                .isTrue();
        assertThat(GroupOffsets.landed(ready, committed(5, "before", 7, "before")))
                .isFalse();
    }

    @Test
    void shouldNotTakeAnOffsetThatWasCommittedAgainForAProof() {
        PendingTransaction ready = ready(new Commit(5, ""), new Commit(8, ""));

        assertThat(GroupOffsets.landed(ready, committed(5, "", 7, ""))).isFalse();
        assertThat(GroupOffsets.landed(ready, committed(5, "", 8, ""))).isTrue();
    }

    /** Only the busy partition has a result. */
    private static PendingTransaction ready(Commit quiet, Commit busy) {
        Result result = new Result(
                "id",
                new Outcome.Expired(Instant.EPOCH),
                null,
                null,
                null,
                new Result.Source(BUSY.topic(), BUSY.number(), 7, null),
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
        Publication publication =
                new Publication(result, new OriginalRecord(null, null, List.of(), 0), "jobs-1@7", null, null);
        return new PendingTransaction(List.of(publication), Map.of(QUIET, quiet, BUSY, busy));
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(
            long quiet, String quietMetadata, long busy, String busyMetadata) {
        return Map.of(
                new TopicPartition("jobs", 0), new OffsetAndMetadata(quiet, quietMetadata),
                new TopicPartition("jobs", 1), new OffsetAndMetadata(busy, busyMetadata));
    }
}
