package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** The ledgers of one partition, restored, worked on and committed as a worker does. */
abstract class OwnedLedgersFixture {
    static final PartitionRef PARTITION = new PartitionRef("jobs", 0);
    static final Uuid TOPIC = Uuid.randomUuid();
    static final int ALL = 1000;
    static final long END = 1_000_000;

    OwnedLedgers ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
    long ownership;
    long position;
    Commit last = new Commit(0, "");

    void restore(Commit commit) {
        restore(commit, true);
    }

    void restore(Commit commit, boolean mark) {
        restore(commit, END, mark);
    }

    void restore(Commit commit, long end) {
        restore(commit, end, true);
    }

    void restore(Commit commit, long end, boolean mark) {
        ownership++;
        position = commit.offset();
        last = commit;
        ledgers.restore(TestTakeOvers.known(new PartitionAssignment(
                PARTITION, ownership, commit.offset(), commit.metadata(), 0, end, TOPIC, false, false)));
        PendingTransaction ready = ledgers.ready(ALL, partition -> commit.offset());
        if (mark && !ready.isEmpty()) {
            ledgers.committed(ready);
            last = commit(ready);
        }
    }

    void deliver(long... offsets) {
        for (long offset : offsets) {
            delivered(offset);
        }
    }

    DeliveryState delivered(long offset) {
        position = Math.max(position, offset + 1);
        return ledgers.delivered(ref(offset));
    }

    RecordRef ref(long offset) {
        return new RecordRef(PARTITION, offset, ownership);
    }

    void finish(long offset) {
        assertThat(ledgers.finished(ref(offset), Publications.of(String.valueOf(offset))))
                .isTrue();
    }

    PendingTransaction ready() {
        return ledgers.ready(ALL, partition -> position);
    }

    /** Commits what there is; what is committed then. */
    Commit commitAll() {
        PendingTransaction ready = ready();
        if (!ready.isEmpty()) {
            ledgers.committed(ready);
            last = commit(ready);
        }
        return last;
    }

    static Commit commit(PendingTransaction ready) {
        return Objects.requireNonNull(ready.commits().get(PARTITION));
    }

    static List<String> ids(PendingTransaction ready) {
        return ready.publications().stream()
                .map(publication -> publication.result().jobId())
                .toList();
    }
}
