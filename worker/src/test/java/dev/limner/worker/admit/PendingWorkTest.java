package dev.limner.worker.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.RecordHeader;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingWorkTest {
    private static final PartitionRef BULK = new PartitionRef("bulk", 0);
    private static final PartitionRef OTHER = new PartitionRef("bulk", 1);
    private static final int SHARE = 100_000;
    /** With this value a record counts for 10,000 bytes. */
    private static final int VALUE = (10_000 - PendingWork.RECORD_BYTES) / 2;

    private final PendingWork pending = new PendingWork(2 * SHARE, List.of("standard", "bulk"));
    private long offset;

    @Test
    void shouldPauseTheSourceThatHasUsedUpItsShareAndNoOther() {
        List<RecordRef> held = arrive(9, VALUE);
        pending.arrived(ref(BULK), new OriginalRecord(null, new byte[VALUE - 1], List.of(), 0));
        assertThat(pending.bytes()).isEqualTo(SHARE - 2);
        assertThat(pending.full()).as("just under the share").isEmpty();

        pending.answered(held.get(0), null);
        held.addAll(arrive(1, VALUE + 1));
        assertThat(pending.bytes()).isEqualTo(SHARE);
        assertThat(pending.full()).as("at the share").containsExactly("bulk");

        pending.entered(held.get(1), 1);
        assertThat(pending.full()).as("over the share").containsExactly("bulk");

        pending.answered(held.get(1), null);
        assertThat(pending.full()).as("below it again").isEmpty();
    }

    @Test
    void shouldHoldAnAnsweredRecordUntilItsAnswerIsCommitted() {
        RecordRef ref = arrive(1, VALUE).get(0);
        Publication answer = answer(ref, VALUE);

        pending.answered(ref, answer);
        assertThat(pending.bytes()).isEqualTo(10_000);

        pending.published(answer);
        assertThat(pending.bytes()).isZero();
    }

    @Test
    void shouldHoldLessOnceOnlyTheBeginningOfAnOriginalIsKept() {
        RecordRef ref = arrive(1, VALUE).get(0);
        OriginalRecord cut = new OriginalRecord(null, new byte[VALUE], List.of(), 0).beginning(100);

        pending.answered(ref, new Publication(answer(ref, 0).result(), cut, ref.origin(), null, null));

        assertThat(pending.bytes()).isEqualTo(PendingWork.RECORD_BYTES + 200);
    }

    @Test
    void shouldHoldWhatIsInTheStagesOfAPartitionThatIsGoneUntilItsOutcomeComes() {
        List<RecordRef> held = arrive(3, VALUE);
        pending.entered(held.get(0), 500);
        Publication answered = answer(held.get(1), VALUE);
        pending.answered(held.get(1), answered);

        pending.release(Set.of(BULK));
        assertThat(pending.bytes()).isEqualTo(10_500);

        pending.published(answered);
        pending.answered(held.get(2), null);
        assertThat(pending.bytes()).as("of another time").isEqualTo(10_500);

        pending.answered(held.get(0), null);
        assertThat(pending.bytes()).isZero();
    }

    @Test
    void shouldKeepWhatOtherPartitionsHold() {
        arrive(1, VALUE);
        pending.arrived(ref(OTHER), new OriginalRecord(null, new byte[VALUE], List.of(), 0));

        pending.release(Set.of(BULK));

        assertThat(pending.bytes()).isEqualTo(10_000);
    }

    @Test
    void shouldCountKeysAndHeaders() {
        pending.arrived(
                ref(BULK), new OriginalRecord(new byte[10], null, List.of(new RecordHeader("name", new byte[20])), 0));

        assertThat(pending.bytes()).isEqualTo(PendingWork.RECORD_BYTES + 34);
    }

    private List<RecordRef> arrive(int count, int value) {
        List<RecordRef> refs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RecordRef ref = ref(BULK);
            pending.arrived(ref, new OriginalRecord(null, new byte[value], List.of(), 0));
            refs.add(ref);
        }
        return refs;
    }

    private RecordRef ref(PartitionRef partition) {
        return new RecordRef(partition, offset++, 1);
    }

    private static Publication answer(RecordRef ref, int value) {
        Result.Source source =
                new Result.Source(ref.partition().topic(), ref.partition().number(), ref.offset());
        Result result = new Result(
                "id",
                new Outcome.Rejected(RecordError.ofRecord(ErrorCode.TOO_LARGE, "is too large")),
                null,
                null,
                null,
                source,
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
        return new Publication(
                result, new OriginalRecord(null, new byte[value], List.of(), 0), ref.origin(), null, null);
    }
}
