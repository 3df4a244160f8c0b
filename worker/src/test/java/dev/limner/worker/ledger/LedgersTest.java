package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.publish.PendingTransaction;
import dev.limner.worker.publish.Publication;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgersTest {
    private static final PartitionRef PARTITION = new PartitionRef("jobs", 0);
    private static final int ALL = 1000;

    private final Ledgers ledgers = new Ledgers();
    private long position;

    @Test
    void shouldPublishInDeliveryOrderWhateverFinishesFirst() {
        deliver(0, 1, 2);
        finish(2);
        finish(1);
        assertThat(ready().isEmpty()).isTrue();

        finish(0);

        assertThat(ids(ready())).containsExactly("0", "1", "2");
        assertThat(ready().offsets()).containsEntry(PARTITION, 3L);
    }

    @Test
    void shouldStopBehindTheDonePrefixWhileSomethingBeforeItIsOpen() {
        deliver(0, 1, 2);
        finish(0);
        finish(2);

        assertThat(ids(ready())).containsExactly("0");
        assertThat(ready().offsets()).containsEntry(PARTITION, 1L);
    }

    @Test
    void shouldTakeGapsLeftByTransactionMarkersAsDone() {
        deliver(9, 11, 13);
        position = 17;
        finish(9);
        assertThat(ready().offsets()).containsEntry(PARTITION, 10L);

        finish(11);
        finish(13);
        // Nothing is left, so the tail of markers behind the last record is done as well.
        assertThat(ready().offsets()).containsEntry(PARTITION, 17L);
    }

    @Test
    void shouldBuildAFailedTransactionAgainAndForgetACommittedOne() {
        deliver(0, 1);
        finish(0);
        PendingTransaction first = ready();
        finish(1);
        PendingTransaction second = ready();
        assertThat(ids(second)).containsExactly("0", "1");

        ledgers.committed(first);

        assertThat(ids(ready())).containsExactly("1");
        ledgers.committed(ready());
        assertThat(ledgers.uncommitted()).isZero();
    }

    @Test
    void shouldRefuseOutcomesOfAnEarlierOwnership() {
        RecordRef before = new RecordRef(PARTITION, 5, 1);
        ledgers.delivered(before);
        ledgers.release(Set.of(PARTITION));
        RecordRef after = new RecordRef(PARTITION, 5, 2);
        ledgers.delivered(after);

        assertThat(ledgers.finished(before, publication("late"))).isFalse();
        assertThat(ready().isEmpty()).isTrue();
        assertThat(ledgers.finished(after, publication("mine"))).isTrue();
        assertThat(ids(ready())).containsExactly("mine");
    }

    @Test
    void shouldNoticeASecondOutcome() {
        deliver(0);
        finish(0);

        assertThatThrownBy(() -> finish(0)).hasMessageContaining("jobs-0@0");
    }

    @Test
    void shouldBoundATransaction() {
        deliver(0, 1, 2, 3);
        for (long offset = 0; offset < 4; offset++) {
            finish(offset);
        }

        PendingTransaction bounded = ledgers.ready(3, partition -> position);

        assertThat(ids(bounded)).containsExactly("0", "1", "2");
        assertThat(bounded.offsets()).containsEntry(PARTITION, 3L);
    }

    private void deliver(long... offsets) {
        for (long offset : offsets) {
            ledgers.delivered(new RecordRef(PARTITION, offset, 1));
            position = offset + 1;
        }
    }

    private void finish(long offset) {
        assertThat(ledgers.finished(new RecordRef(PARTITION, offset, 1), publication(String.valueOf(offset))))
                .isTrue();
    }

    private PendingTransaction ready() {
        return ledgers.ready(ALL, partition -> position);
    }

    private static List<String> ids(PendingTransaction ready) {
        return ready.publications().stream()
                .map(publication -> publication.result().jobId())
                .toList();
    }

    private static Publication publication(String id) {
        return new Publication(
                new Result(
                        id, new Outcome.Expired(Instant.EPOCH), null, null, null, 1, "w", null, null, null, List.of()),
                null,
                null);
    }
}
