package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Deaths of owners, and the jobs that are suspected of them. */
class LedgerSuspectsTest extends OwnedLedgersFixture {
    @Test
    void shouldRunTheOldestJobsSinglyAfterTheSecondDeathAndCondemnTheOneThatWasStarted() {
        restore(new Commit(0, ""));
        deliver(0, 1);
        Commit held = commitAll();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(held);
        assertThat(delivered(0)).isEqualTo(DeliveryState.FRESH);
        Commit once = commitAll();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(once);
        assertThat(delivered(0)).isEqualTo(DeliveryState.SUSPECT);
        assertThat(delivered(1)).isEqualTo(DeliveryState.SUSPECT);
        assertThat(delivered(PartitionLedger.SUSPECTS)).isEqualTo(DeliveryState.FRESH);
        ledgers.started(ref(0));
        commitAll();
        finish(0);
        ledgers.started(ref(1));
        Commit started = commitAll();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(started);
        assertThat(delivered(1)).isEqualTo(DeliveryState.CONDEMNED);
        assertThat(delivered(2)).isEqualTo(DeliveryState.FRESH);
    }

    /** A commit may take longer than the control thread waits for it. */
    @Test
    void shouldCommitWhatWasMarkedWhileACommitWasOnItsWay() throws UnreadableLedger {
        restore(new Commit(0, ""));
        deliver(0, 1);
        finish(1);
        PendingTransaction onItsWay = ready();
        ledgers.started(ref(0));
        ledgers.committed(onItsWay);

        PendingTransaction marked = ready();
        assertThat(marked.isEmpty()).isFalse();
        assertThat(LedgerCodec.decode(commit(marked).metadata()).started()).isZero();
        ledgers.letGo(Set.of(PARTITION));
        ledgers.committed(marked);

        assertThat(LedgerCodec.decode(commit(ready()).metadata()).held()).isFalse();
        assertThat(commitAll().offset()).isZero();
        assertThat(ready().isEmpty()).isTrue();
    }

    @Test
    void shouldNotSuspectAnybodyAfterAnOwnerThatLetGo() {
        restore(new Commit(0, ""));
        deliver(0);
        for (int owner = 0; owner < 5; owner++) {
            ledgers.letGo(Set.of(PARTITION));
            Commit clean = commitAll();
            ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
            restore(clean);
            assertThat(delivered(0)).isEqualTo(DeliveryState.FRESH);
        }
    }

    @Test
    void shouldForgetDeathsOnceTheJobsUnderSuspicionAreDone() {
        restore(new Commit(0, ""), 3);
        Commit held = commitAll();
        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(held, 3);
        deliver(0, 1, 2);
        LongStream.range(0, 3).forEach(this::finish);
        Commit survived = commitAll();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(survived, END);
        assertThat(delivered(3)).isEqualTo(DeliveryState.FRESH);
        Commit once = commitAll();
        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(once, END);
        assertThat(delivered(3)).isEqualTo(DeliveryState.SUSPECT);
    }
}
