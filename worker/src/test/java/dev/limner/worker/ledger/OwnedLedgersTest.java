package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a ledger lets be published and committed, and when it closes its partition. */
class OwnedLedgersTest extends OwnedLedgersFixture {
    @Test
    void shouldPublishWhatIsDoneWhateverIsOpenBeforeIt() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2);
        finish(2);

        PendingTransaction ready = ready();
        assertThat(ids(ready)).containsExactly("2");
        assertThat(commit(ready).offset()).isZero();
        ledgers.committed(ready);

        finish(0);
        ready = ready();
        assertThat(ids(ready)).containsExactly("0");
        assertThat(commit(ready).offset()).isEqualTo(1);
    }

    @Test
    void shouldTakeGapsLeftByTransactionMarkersAsDone() {
        restore(new Commit(9, ""));
        deliver(9, 11, 13);
        position = 17;
        finish(9);
        assertThat(commitAll().offset()).isEqualTo(11);

        finish(11);
        finish(13);
        // Nothing is left, so the tail of markers behind the last record is done as well.
        assertThat(commitAll().offset()).isEqualTo(17);
    }

    @Test
    void shouldMoveOverMarkersThatCameAfterTheLastCommit() {
        restore(new Commit(0, ""));
        deliver(0);
        finish(0);
        assertThat(commitAll().offset()).isEqualTo(1);
        assertThat(ledgers.publishable()).isFalse();
        position = 2;

        ledgers.passed(partition -> position);

        assertThat(commitAll().offset()).isEqualTo(2);
        ledgers.passed(partition -> position);
        assertThat(ledgers.publishable()).isFalse();
    }

    @Test
    void shouldBuildAFailedTransactionAgainAndForgetACommittedOne() {
        restore(new Commit(0, ""));
        deliver(0, 1);
        finish(1);
        ready();
        finish(0);
        PendingTransaction second = ready();
        assertThat(ids(second)).containsExactly("0", "1");

        ledgers.committed(second);

        assertThat(ready().isEmpty()).isTrue();
        assertThat(ledgers.uncommitted()).isZero();
    }

    @Test
    void shouldRefuseOutcomesOfAnEarlierOwnership() {
        restore(new Commit(5, ""));
        RecordRef before = ref(5);
        deliver(5);
        ledgers.release(Set.of(PARTITION));
        restore(new Commit(5, ""));
        deliver(5);

        assertThat(ledgers.finished(before, Publications.of("late"))).isFalse();
        assertThat(ready().publications()).isEmpty();
        assertThat(ledgers.finished(ref(5), Publications.of("mine"))).isTrue();
        assertThat(ids(ready())).containsExactly("mine");
    }

    @Test
    void shouldNoticeASecondOutcome() {
        restore(new Commit(0, ""));
        deliver(0);
        finish(0);

        assertThatThrownBy(() -> finish(0)).hasMessageContaining("jobs-0@0");
    }

    @Test
    void shouldBoundATransaction() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3);
        LongStream.range(0, 4).forEach(this::finish);

        PendingTransaction bounded = ledgers.ready(3, partition -> position);

        assertThat(ids(bounded)).containsExactly("0", "1", "2");
        assertThat(commit(bounded).offset()).isEqualTo(3);
    }

    @Test
    void shouldCloseAPartitionUntilItIsMarkedAsHeldAndWhileItsLedgerIsAtItsCap() {
        ledgers = new OwnedLedgers(new LedgerSettings(1, 40, 60));
        restore(new Commit(0, ""), false);
        assertThat(ledgers.closed()).containsExactly(PARTITION);
        commitAll();
        assertThat(ledgers.closed()).isEmpty();

        for (long offset = 0; offset < 400; offset++) {
            deliver(offset);
            if (offset % 2 == 1) {
                finish(offset);
                commitAll();
            }
        }
        assertThat(ledgers.closed()).containsExactly(PARTITION);

        LongStream.range(0, 400).filter(offset -> offset % 2 == 0).forEach(this::finish);
        assertThat(commitAll().offset()).isEqualTo(400);
        assertThat(ledgers.closed()).isEmpty();
    }

    @Test
    void shouldNotBeClosedForOutcomesThatWaitOnceNothingIsOpen() {
        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT.withVersion(0));
        restore(new Commit(0, ""));
        deliver(0);
        for (long offset = 1; offset <= PartitionLedger.MOST_WAITING; offset++) {
            assertThat(ledgers.closed()).isEmpty();
            deliver(offset);
            finish(offset);
        }
        assertThat(ledgers.closed()).containsExactly(PARTITION);

        finish(0);
        for (int i = 0; i < 6; i++) {
            commitAll();
        }
        assertThat(ledgers.closed()).isEmpty();
    }
}
