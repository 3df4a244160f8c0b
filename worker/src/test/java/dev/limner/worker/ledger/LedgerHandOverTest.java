package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.ledger.PendingTransaction.Commit;
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

/** What the next owner of a partition learns of what was done before it. */
class LedgerHandOverTest extends OwnedLedgersFixture {
    @Test
    void shouldTellTheNextOwnerWhatIsDoneBeyondTheOffset() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3, 4);
        finish(1);
        finish(3);
        Commit left = commitAll();
        assertThat(left.offset()).isZero();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(left);

        assertThat(LongStream.range(0, 5).mapToObj(this::delivered))
                .containsExactly(
                        DeliveryState.FRESH,
                        DeliveryState.DONE,
                        DeliveryState.FRESH,
                        DeliveryState.DONE,
                        DeliveryState.FRESH);
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

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(first);
        deliver(0);
        finish(0);
        ledgers.letGo(Set.of(PARTITION));
        Commit second = commitAll();
        assertThat(second.offset()).isEqualTo(1);

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(second);
        assertThat(LongStream.range(1, 4).mapToObj(this::delivered))
                .containsExactly(DeliveryState.FRESH, DeliveryState.FRESH, DeliveryState.DONE);
    }

    @Test
    void shouldPublishInOrderOnlyWhereNoLedgerIsWritten() {
        restore(new Commit(0, ""));
        deliver(0, 1, 2, 3);
        finish(1);
        finish(3);
        Commit written = commitAll();

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT.withVersion(0));
        restore(written);
        assertThat(delivered(0)).isEqualTo(DeliveryState.FRESH);
        assertThat(delivered(1)).isEqualTo(DeliveryState.DONE);
        assertThat(delivered(2)).isEqualTo(DeliveryState.FRESH);
        assertThat(delivered(3)).isEqualTo(DeliveryState.DONE);
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
        ledgers = new OwnedLedgers(new LedgerSettings(1, 100, 200));
        restore(commit);
        Set<Long> answered = new HashSet<>();

        for (long next = 0; next < 10_000; ) {
            // Nothing is open, so the head is still to be fetched; and with it comes as much as a poll brings.
            assertThat(ledgers.closed()).isEmpty();
            List<Long> open = new ArrayList<>();
            for (long end = Math.min(10_000, next + 500); next < end; next++) {
                if (delivered(next) == DeliveryState.FRESH) {
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

        ledgers = new OwnedLedgers(LedgerSettings.DEFAULT);
        restore(left);
        assertThat(delivered(0)).isEqualTo(DeliveryState.FRESH);
        for (long offset = 1; offset < LedgerCodec.MOST_OFFSETS + Math.min(over, 0); offset++) {
            assertThat(delivered(offset)).isEqualTo(DeliveryState.DONE);
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
            if (delivered(offset) == DeliveryState.FRESH) {
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
            ledgers = new OwnedLedgers(LedgerSettings.DEFAULT.withVersion(version));
            restore(new Commit(0, ""));
            deliver(0);
            finish(0);
            TopicMark mark = LedgerCodec.decode(commitAll().metadata()).topic();
            assertThat(Objects.requireNonNull(mark).fits(TOPIC)).isTrue();
            assertThat(mark.fits(Uuid.randomUuid())).isFalse();
        }
    }
}
