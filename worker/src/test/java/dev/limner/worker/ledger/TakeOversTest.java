package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TakeOversTest {
    private static final PartitionRef PARTITION = new PartitionRef("jobs", 0);
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final Uuid OTHER = Uuid.randomUuid();

    private final Asked asked = new Asked();
    private final TakeOvers takeOvers = new TakeOvers(asked);
    private long begin;
    private @Nullable Uuid topic = TOPIC;
    private boolean recreated;
    private boolean own;

    @Test
    void shouldContinueWhereTheGroupLeftOff() {
        TakeOver known = settled(10, ledger(TOPIC, 2), 50);

        assertThat(known.offset()).isEqualTo(10);
        assertThat(known.state().done().get(2)).isTrue();
        assertThat(asked.questions).isEmpty();
    }

    @Test
    void shouldStartAnEmptyPartitionAtItsBeginningWithoutAsking() {
        begin = 7;
        assertThat(settled(PartitionAssignment.NOTHING_COMMITTED, "", 7).offset())
                .isEqualTo(7);
        assertThat(asked.questions).isEmpty();
    }

    @Test
    void shouldAskForAllOfAPartitionWhoseOffsetIsGone() {
        begin = 7;
        assertThat(settle(PartitionAssignment.NOTHING_COMMITTED, "", 8)).isEmpty();
        assertThat(takeOvers.waiting()).isEqualTo(1);
        assertThat(asked.questions).containsExactly(new ResultsQuestion(PARTITION, 1, 7, 8, TOPIC));

        TakeOver known = answered(7);

        assertThat(known.offset()).isEqualTo(8);
        assertThat(takeOvers.waiting()).isZero();
    }

    @Test
    void shouldAskForWhatLiesBeyondAnUnreadableLedger() {
        assertThat(settle(10, "CQ", 50)).isEmpty();
        assertThat(asked.questions).containsExactly(new ResultsQuestion(PARTITION, 1, 10, 50, TOPIC));

        TakeOver known = answered(10, 11, 13);

        assertThat(known.offset()).isEqualTo(12);
        assertThat(known.answered().contains(13)).isTrue();
    }

    @Test
    void shouldAskForWhatALedgerHadNoRoomFor() {
        LedgerState state = new LedgerState(1, TopicMark.of(TOPIC), true, true, 1, 64, -1, new BitSet());
        assertThat(settle(10, LedgerCodec.encode(1, state), 50)).isEmpty();

        TakeOver known = answered(10, 13);

        assertThat(known.offset()).isEqualTo(10);
        assertThat(known.state().held()).as("deaths are still counted").isTrue();
        assertThat(known.answered().contains(13)).isTrue();
    }

    @Test
    void shouldStartAtTheBeginningOfAnotherTopicAndAskWhatIsAnsweredOfIt() {
        for (int version = 1; version <= 2; version++) {
            LedgerState state = new LedgerState(1, TopicMark.of(OTHER), false, false, 0, 0, -1, new BitSet());
            assertThat(settle(10, LedgerCodec.encode(version, state), 50)).isEmpty();
            assertThat(asked.questions.getLast().from()).isZero();
            assertThat(answered().offset()).isZero();
        }
        assertThat(settled(10, ledger(OTHER, 2), 0).offset()).isZero();
    }

    @Test
    void shouldTakeAnOffsetWithoutATopicForAnothersIfTheLogIsShorter() {
        settle(10, "", 9);
        assertThat(asked.questions).containsExactly(new ResultsQuestion(PARTITION, 1, 0, 9, TOPIC));
        assertThat(answered().offset()).isZero();

        BitSet done = new BitSet();
        done.set(4);
        String ledger = LedgerCodec.encode(1, new LedgerState(1, null, false, false, 0, 0, -1, done));
        settle(10, ledger, 14);
        assertThat(asked.questions.getLast().from()).as("15 are called done").isZero();
        settle(10, ledger, 15);
        assertThat(takeOvers.waiting()).isEqualTo(1);
        assertThat(answered(9).offset()).as("one of them has a result").isEqualTo(10);
    }

    @Test
    void shouldBelieveAnOffsetWithoutATopicIfResultsBearItOut() {
        assertThat(settle(10, "", 10)).isEmpty();
        assertThat(asked.questions).containsExactly(new ResultsQuestion(PARTITION, 1, 0, 10, TOPIC));

        assertThat(answered(9).offset()).isEqualTo(10);
    }

    @Test
    void shouldBelieveAnOffsetWithoutATopicIfItCallsNothingDone() {
        assertThat(settled(0, "", 10).offset()).isZero();
        begin = 10;
        assertThat(settled(10, "", 10).offset()).isEqualTo(10);
        // Markers only.
        settle(12, "", 14);
        asked.answers.add(new ResultsAnswer(asked.questions.getLast(), new OffsetSet(), true));
        assertThat(takeOvers.settle(List.of()).getFirst().offset()).isEqualTo(12);
    }

    @Test
    void shouldAskForEverythingIfNoResultBearsOutAnOffsetWithoutATopic() {
        settle(500, "", 510);
        assertThat(asked.questions.getLast()).isEqualTo(new ResultsQuestion(PARTITION, 1, 400, 500, TOPIC));
        asked.answers.add(new ResultsAnswer(asked.questions.getLast(), new OffsetSet(), false));
        assertThat(takeOvers.settle(List.of())).isEmpty();
        assertThat(asked.questions.getLast()).isEqualTo(new ResultsQuestion(PARTITION, 1, 0, 510, TOPIC));

        assertThat(answered(0).offset()).isEqualTo(1);
    }

    @Test
    void shouldKnowThatATopicWasMadeAgainWhileItWasOwned() {
        recreated = true;
        settle(5, "", 10);
        assertThat(asked.questions.getLast().from()).isZero();
    }

    @Test
    void shouldCountNoDeathIfAWorkerFindsItsOwnMark() {
        LedgerState state = new LedgerState(1, TopicMark.of(TOPIC), true, false, 2, 8, 3, new BitSet());
        String ledger = LedgerCodec.encode(1, state);
        assertThat(settled(10, ledger, 50).state().held()).isTrue();

        own = true;
        TakeOver known = settled(10, ledger, 50);

        PartitionLedger partition = new PartitionLedger(known, LedgerSettings.DEFAULT);
        assertThat(partition.crashes()).isEqualTo(2);
        assertThat(partition.delivered(13)).isEqualTo(DeliveryState.SUSPECT);
    }

    @Test
    void shouldBelieveTheGroupWhereTopicsHaveNoIds() {
        topic = null;
        assertThat(settled(10, "", 20).offset()).isEqualTo(10);
        assertThat(asked.questions).isEmpty();
    }

    @Test
    void shouldContinueAtTheEndOfALogThatItsBrokersHaveCut() {
        assertThat(settled(10, ledger(TOPIC, 2), 9).offset()).isEqualTo(9);
    }

    @Test
    void shouldContinueAtTheBeginningOfALogWhoseOldRecordsAreGone() {
        begin = 12;
        TakeOver known = settled(10, ledger(TOPIC, 2, 3), 50);
        assertThat(known.offset()).isEqualTo(12);
        assertThat(known.answered().contains(13)).isTrue();
    }

    @Test
    void shouldForgetQuestionsAndAnswersOfPartitionsThatAreGone() {
        settle(PartitionAssignment.NOTHING_COMMITTED, "", 8);
        takeOvers.release(Set.of(PARTITION));
        assertThat(asked.forgotten).isEqualTo(asked.questions);

        asked.answers.add(new ResultsAnswer(asked.questions.getLast(), new OffsetSet(), false));
        assertThat(takeOvers.settle(List.of())).isEmpty();
    }

    private static String ledger(Uuid topic, int... done) {
        BitSet bits = new BitSet();
        for (int bit : done) {
            bits.set(bit);
        }
        return LedgerCodec.encode(1, new LedgerState(1, TopicMark.of(topic), false, false, 0, 0, -1, bits));
    }

    private TakeOver settled(long committed, String metadata, long end) {
        return settle(committed, metadata, end).getFirst();
    }

    private List<TakeOver> settle(long committed, String metadata, long end) {
        return takeOvers.settle(
                List.of(new PartitionAssignment(PARTITION, 1, committed, metadata, begin, end, topic, recreated, own)));
    }

    private TakeOver answered(long... offsets) {
        OffsetSet set = new OffsetSet();
        for (long offset : offsets) {
            set.add(offset);
        }
        asked.answers.add(new ResultsAnswer(asked.questions.getLast(), set, false));
        return takeOvers.settle(List.of()).getFirst();
    }

    private static final class Asked implements TakeOvers.Answers {
        private final List<ResultsQuestion> questions = new ArrayList<>();
        private final List<ResultsQuestion> forgotten = new ArrayList<>();
        private final List<ResultsAnswer> answers = new ArrayList<>();

        @Override
        public void ask(ResultsQuestion question) {
            questions.add(question);
        }

        @Override
        public List<ResultsAnswer> take() {
            List<ResultsAnswer> taken = List.copyOf(answers);
            answers.clear();
            return taken;
        }

        @Override
        public void forget(ResultsQuestion question) {
            forgotten.add(question);
        }

        @Override
        public void close() {}
    }
}
