package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.worker.intake.Assignment;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.publish.PendingTransaction;
import dev.limner.worker.publish.PendingTransaction.Commit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgersTest {
    private static final PartitionRef PARTITION = new PartitionRef("jobs", 0);
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final int ALL = 1000;
    private static final long END = 1_000_000;

    private Ledgers ledgers = new Ledgers(LedgerSettings.DEFAULT);
    private long ownership;
    private long position;
    private Commit last = new Commit(0, "");

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
    void shouldTellTheNextOwnerWhatIsDoneBeyondTheOffset() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3, 4);
        finish(1);
        finish(3);
        Commit left = commitAll();
        assertThat(left.offset()).isZero();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(left);

        assertThat(LongStream.range(0, 5).mapToObj(this::delivered))
                .containsExactly(Delivered.FRESH, Delivered.DONE, Delivered.FRESH, Delivered.DONE, Delivered.FRESH);
        finish(0);
        assertThat(commitAll().offset()).isEqualTo(2);
        finish(2);
        assertThat(commitAll().offset()).isEqualTo(4);
    }

    @Test
    void shouldHandOnWhatTheOwnerBeforeDidAndNobodyHasDeliveredSince() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3);
        finish(3);
        Commit first = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(first);
        deliver(0);
        finish(0);
        ledgers.letGo(Set.of(PARTITION));
        Commit second = commitAll();
        assertThat(second.offset()).isEqualTo(1);

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(second);
        assertThat(LongStream.range(1, 4).mapToObj(this::delivered))
                .containsExactly(Delivered.FRESH, Delivered.FRESH, Delivered.DONE);
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
        ledgers = new Ledgers(new LedgerSettings(1, 40, 60));
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
    void shouldRunTheOldestJobsSinglyAfterTheSecondDeathAndCondemnTheOneThatWasStarted() {
        restore(new Commit(0, ""));
        deliver(0, 1);
        Commit held = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(held);
        assertThat(delivered(0)).isEqualTo(Delivered.FRESH);
        Commit once = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(once);
        assertThat(delivered(0)).isEqualTo(Delivered.SUSPECT);
        assertThat(delivered(1)).isEqualTo(Delivered.SUSPECT);
        assertThat(delivered(PartitionLedger.SUSPECTS)).isEqualTo(Delivered.FRESH);
        ledgers.started(ref(0));
        commitAll();
        finish(0);
        ledgers.started(ref(1));
        Commit started = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(started);
        assertThat(delivered(1)).isEqualTo(Delivered.CONDEMNED);
        assertThat(delivered(2)).isEqualTo(Delivered.FRESH);
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
            ledgers = new Ledgers(LedgerSettings.DEFAULT);
            restore(clean);
            assertThat(delivered(0)).isEqualTo(Delivered.FRESH);
        }
    }

    @Test
    void shouldForgetDeathsOnceTheJobsUnderSuspicionAreDone() {
        restore(new Commit(0, ""), 3);
        Commit held = commitAll();
        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(held, 3);
        deliver(0, 1, 2);
        LongStream.range(0, 3).forEach(this::finish);
        Commit survived = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(survived, END);
        assertThat(delivered(3)).isEqualTo(Delivered.FRESH);
        Commit once = commitAll();
        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(once, END);
        assertThat(delivered(3)).isEqualTo(Delivered.SUSPECT);
    }

    @Test
    void shouldPublishInOrderOnlyWhereNoLedgerIsWritten() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3);
        finish(1);
        finish(3);
        Commit written = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT.withVersion(0));
        restore(written);
        assertThat(delivered(0)).isEqualTo(Delivered.FRESH);
        assertThat(delivered(1)).isEqualTo(Delivered.DONE);
        assertThat(delivered(2)).isEqualTo(Delivered.FRESH);
        assertThat(delivered(3)).isEqualTo(Delivered.DONE);
        finish(0);
        // An offset of 2 alone would have 3 done again: what is left of the ledger that was found goes with it.
        Commit rest = commitAll();
        assertThat(rest.offset()).isEqualTo(2);
        assertThat(rest.metadata()).isNotEmpty();
        finish(2);
        Commit plain = commitAll();
        assertThat(plain.offset()).isEqualTo(4);
        assertThat(plain.metadata()).isEmpty();
    }

    /** Ten thousand records done behind every second one: far above the next owner's caps. */
    @Test
    void shouldWorkOffALedgerThatIsLongerThanItsNewOwnerMayWrite() {
        LedgerState found = new LedgerState(1, null, false, false, 0, 0, -1, everySecond(10_000));
        Commit commit = new Commit(0, LedgerCodec.encode(1, found));
        ledgers = new Ledgers(new LedgerSettings(1, 100, 200));
        restore(commit);
        Set<Long> answered = new HashSet<>();

        for (long next = 0; next < 10_000; ) {
            // Nothing is open, so the head is still to be fetched; and with it comes as much as a poll brings.
            assertThat(ledgers.closed()).isEmpty();
            List<Long> open = new ArrayList<>();
            for (long end = Math.min(10_000, next + 500); next < end; next++) {
                if (delivered(next) == Delivered.FRESH) {
                    open.add(next);
                }
            }
            assertThat(ledgers.closed()).containsExactly(PARTITION);
            // The head last: what is behind it has no room until it is done.
            for (Long offset : open.reversed()) {
                finish(offset);
                PendingTransaction ready = ready();
                ids(ready)
                        .forEach(
                                id -> assertThat(answered.add(Long.valueOf(id))).isTrue());
                if (!ready.isEmpty()) {
                    assertThat(commit(ready).metadata().length())
                            .isLessThanOrEqualTo(commit.metadata().length() + 4);
                    ledgers.committed(ready);
                    last = commit(ready);
                }
            }
        }
        assertThat(answered).hasSize(5_000);
        assertThat(commitAll().offset()).isEqualTo(10_000);
    }

    private static BitSet everySecond(int span) {
        BitSet bits = new BitSet();
        for (int bit = 1; bit < span; bit += 2) {
            bits.set(bit);
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void shouldHandOnWhatIsDoneBehindAnOpenHeadAtUnderAndOverTheSpan(int over) {
        restore(new Commit(0, ""));
        int span = LedgerCodec.MOST_OFFSETS + over;
        deliver(0);
        for (long offset = 1; offset < span; offset++) {
            deliver(offset);
            finish(offset);
            if (offset % 1000 == 0 || offset > span - 3) {
                commitAll();
            }
        }
        assertThat(ledgers.closed().isEmpty())
                .as("open until the span is reached")
                .isEqualTo(over < 0);
        // Nothing of a million finished records is kept but a bit.
        assertThat(ledgers.uncommitted()).isLessThanOrEqualTo(2);
        Commit left = commitAll();

        ledgers = new Ledgers(LedgerSettings.DEFAULT);
        restore(left);
        assertThat(delivered(0)).isEqualTo(Delivered.FRESH);
        for (long offset = 1; offset < LedgerCodec.MOST_OFFSETS + Math.min(over, 0); offset++) {
            assertThat(delivered(offset)).isEqualTo(Delivered.DONE);
        }
        finish(0);
        assertThat(commitAll().offset()).isGreaterThanOrEqualTo(LedgerCodec.MOST_OFFSETS + Math.min(over, 0));
        assertThat(ledgers.closed()).isEmpty();
    }

    /** More than any ledger can say: the results topic says it, and the next owner is sent there. */
    @Test
    void shouldSendTheNextOwnerToTheResultsIfWhatIsDoneDoesNotFit() throws UnreadableLedger {
        OffsetSet answered = new OffsetSet();
        answered.addAll(0, everySecond(100_000));
        ledgers.restore(new TakeOver(PARTITION, ++ownership, 0, END, TOPIC, LedgerState.NONE, answered, 0));
        Commit first = commitAll();
        LedgerState state = LedgerCodec.decode(first.metadata());
        assertThat(state.consult()).isTrue();
        assertThat(state.done().isEmpty()).isTrue();
        assertThat(ledgers.closed()).isEmpty();

        List<Long> answers = new ArrayList<>();
        for (long offset = 0; offset < 100_000; offset++) {
            if (delivered(offset) == Delivered.FRESH) {
                finish(offset);
            }
            if (offset % 400 == 399) {
                PendingTransaction ready = ready();
                ids(ready).forEach(id -> answers.add(Long.valueOf(id)));
                ledgers.committed(ready);
                last = commit(ready);
            }
        }
        assertThat(answers).hasSize(50_000).doesNotHaveDuplicates();
        // In the end it fits again.
        assertThat(LedgerCodec.decode(last.metadata()).consult()).isFalse();
        assertThat(last.offset()).isEqualTo(100_000);
    }

    @Test
    void shouldNameTheTopicInEveryLedger() throws UnreadableLedger {
        for (int version = 1; version <= 2; version++) {
            ledgers = new Ledgers(LedgerSettings.DEFAULT.withVersion(version));
            restore(new Commit(0, ""));
            deliver(0);
            finish(0);
            TopicMark mark = LedgerCodec.decode(commitAll().metadata()).topic();
            assertThat(Objects.requireNonNull(mark).fits(TOPIC)).isTrue();
            assertThat(mark.fits(Uuid.randomUuid())).isFalse();
        }
    }

    @Test
    void shouldNotBeClosedForOutcomesThatWaitOnceNothingIsOpen() {
        ledgers = new Ledgers(LedgerSettings.DEFAULT.withVersion(0));
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

    private void restore(Commit commit) {
        restore(commit, true);
    }

    private void restore(Commit commit, boolean mark) {
        restore(commit, END, mark);
    }

    private void restore(Commit commit, long end) {
        restore(commit, end, true);
    }

    private void restore(Commit commit, long end, boolean mark) {
        ownership++;
        position = commit.offset();
        last = commit;
        ledgers.restore(TestTakeOvers.known(
                new Assignment(PARTITION, ownership, commit.offset(), commit.metadata(), 0, end, TOPIC, false, false)));
        PendingTransaction ready = ledgers.ready(ALL, partition -> commit.offset());
        if (mark && !ready.isEmpty()) {
            ledgers.committed(ready);
            last = commit(ready);
        }
    }

    private void deliver(long... offsets) {
        for (long offset : offsets) {
            delivered(offset);
        }
    }

    private Delivered delivered(long offset) {
        position = Math.max(position, offset + 1);
        return ledgers.delivered(ref(offset));
    }

    private RecordRef ref(long offset) {
        return new RecordRef(PARTITION, offset, ownership);
    }

    private void finish(long offset) {
        assertThat(ledgers.finished(ref(offset), Publications.of(String.valueOf(offset))))
                .isTrue();
    }

    private PendingTransaction ready() {
        return ledgers.ready(ALL, partition -> position);
    }

    /** Commits what there is; what is committed then. */
    private Commit commitAll() {
        PendingTransaction ready = ready();
        if (!ready.isEmpty()) {
            ledgers.committed(ready);
            last = commit(ready);
        }
        return last;
    }

    private static Commit commit(PendingTransaction ready) {
        return Objects.requireNonNull(ready.commits().get(PARTITION));
    }

    private static List<String> ids(PendingTransaction ready) {
        return ready.publications().stream()
                .map(publication -> publication.result().jobId())
                .toList();
    }
}
