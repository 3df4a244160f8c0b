package dev.limner.worker.ledger;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Where the work on newly assigned partitions continues. What a group committed counts only for the topic it was committed
 * for, told by its id; and where the group's offset or ledger is missing, belongs to another topic, cannot be read or
 * does not hold everything, the results topic is asked what is answered already. Until it has told, nothing of the partition
 * is generated. Control thread only.
 */
public final class TakeOvers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakeOvers.class);

    /** How many of the last records that an offset calls done are asked for in the results. */
    private static final int WITNESSES = 100;

    private final Answers answers;
    private final Map<PartitionRef, Waiting> waiting = new HashMap<>();

    /** @param doubtful whether the question is which topic the offset belongs to */
    private record Waiting(
            PartitionAssignment assignment, ResultsQuestion question, LedgerState state, boolean doubtful) {}

    /** Knows, after a while, which records were answered. */
    public interface Answers extends AutoCloseable {
        /** Asks; safe from any thread, as everything here. */
        void ask(ResultsQuestion question);

        /** What became known since the last call. */
        List<ResultsAnswer> take();

        /** Nobody wants to know any more. */
        void forget(ResultsQuestion question);

        @Override
        void close();
    }

    /** @param answers closed by {@link #close()} */
    public TakeOvers(Answers answers) {
        this.answers = answers;
    }

    /**
     * Notes new assignments.
     *
     * @return those of them, and of earlier calls, whose standing is known now
     */
    public List<TakeOver> settle(List<PartitionAssignment> found) {
        List<TakeOver> settled = new ArrayList<>();
        for (PartitionAssignment assignment : found) {
            settle(assignment, settled);
        }
        for (ResultsAnswer answer : answers.take()) {
            Waiting asked = waiting.get(answer.question().partition());
            if (asked != null
                    && asked.assignment().ownership() == answer.question().ownership()) {
                waiting.remove(answer.question().partition());
                settle(asked, answer, settled);
            }
        }
        return settled;
    }

    private void settle(PartitionAssignment assignment, List<TakeOver> settled) {
        long begin = assignment.begin();
        if (assignment.committed() == PartitionAssignment.NOTHING_COMMITTED) {
            if (begin >= assignment.end()) {
                settled.add(TakeOver.from(assignment, begin, new OffsetSet()));
            } else {
                consult(assignment, begin, LedgerState.NONE, "the group has no offset for records that are there");
            }
            return;
        }
        LedgerState state;
        try {
            state = LedgerCodec.decode(assignment.metadata());
        } catch (UnreadableLedger e) {
            consult(
                    assignment,
                    Math.max(begin, assignment.committed()),
                    LedgerState.NONE,
                    "unreadable ledger: " + e.getMessage());
            return;
        }
        if (ofAnotherTopic(assignment, state)) {
            if (begin >= assignment.end()) {
                settled.add(TakeOver.from(assignment, begin, new OffsetSet()));
            } else {
                consult(assignment, begin, LedgerState.NONE, "the topic was deleted and created again");
            }
        } else if (assignment.committed() > assignment.end()) {
            log(LOG.atWarn(), assignment)
                    .log("the log is shorter than what was done of it: records were lost on the brokers");
            settled.add(TakeOver.from(assignment, assignment.end(), new OffsetSet()));
        } else if (assignment.committed() < begin) {
            log(LOG.atWarn(), assignment).log("records were deleted before they were answered");
            OffsetSet done = new OffsetSet();
            done.addAll(assignment.committed(), state.done());
            if (state.consult()) {
                consult(assignment, begin, LedgerState.NONE, "the ledger is larger than its room");
            } else {
                settled.add(TakeOver.from(assignment, begin, done));
            }
        } else if (state.consult()) {
            consult(assignment, assignment.committed(), state, "the ledger is larger than its room");
        } else if (state.topic() == null && assignment.topicId() != null) {
            doubt(assignment, state, settled);
        } else {
            settled.add(TakeOver.of(assignment, state));
        }
    }

    /**
     * The offset does not say which topic it belongs to and the log is long enough: if it is this one's, some of the last
     * records that it calls done have results.
     */
    private void doubt(PartitionAssignment assignment, LedgerState state, List<TakeOver> settled) {
        long from = Math.max(assignment.begin(), assignment.committed() - WITNESSES);
        long end = assignment.committed() + state.done().length();
        if (from >= end) {
            settled.add(TakeOver.of(assignment, state));
            return;
        }
        ask(new Waiting(assignment, question(assignment, from, end), state, true));
    }

    private void settle(Waiting asked, ResultsAnswer answer, List<TakeOver> settled) {
        PartitionAssignment assignment = asked.assignment();
        if (!asked.doubtful()) {
            settled.add(restored(asked, answer.answered()));
        } else if (answer.empty() || !answer.answered().isEmpty()) {
            settled.add(TakeOver.of(assignment, asked.state()));
        } else {
            consult(
                    assignment,
                    assignment.begin(),
                    LedgerState.NONE,
                    "no result answers what the committed offset calls done, which may be another topic's");
        }
    }

    /** An offset that says nothing of its topic belongs to it as long as the log is that long. */
    private static boolean ofAnotherTopic(PartitionAssignment assignment, LedgerState state) {
        TopicMark mark = state.topic();
        boolean other = assignment.topicId() != null
                && (mark == null
                        ? assignment.recreated()
                                || assignment.committed() + state.done().length() > assignment.end()
                        : !mark.fits(assignment.topicId()));
        if (other) {
            log(LOG.atWarn(), assignment)
                    .addKeyValue("topicId", assignment.topicId())
                    .addKeyValue("committedTopicId", mark == null ? "unknown" : mark)
                    .log("the committed offset belongs to another topic of this name: starting at the beginning");
        }
        return other;
    }

    private void consult(PartitionAssignment assignment, long from, LedgerState state, String why) {
        // A new group is nothing to worry about.
        boolean usual = assignment.committed() == PartitionAssignment.NOTHING_COMMITTED;
        log(usual ? LOG.atInfo() : LOG.atWarn(), assignment)
                .addKeyValue("reason", why)
                .log("asking the results topic what is answered; until then nothing of the partition is generated");
        ask(new Waiting(assignment, question(assignment, from, assignment.end()), state, false));
    }

    private void ask(Waiting unknown) {
        waiting.put(unknown.assignment().partition(), unknown);
        answers.ask(unknown.question());
    }

    private static ResultsQuestion question(PartitionAssignment assignment, long from, long end) {
        return new ResultsQuestion(assignment.partition(), assignment.ownership(), from, end, assignment.topicId());
    }

    private static TakeOver restored(Waiting asked, OffsetSet answered) {
        PartitionAssignment assignment = asked.assignment();
        log(LOG.atInfo(), assignment)
                .addKeyValue("answered", answered.size())
                .log("the results topic has told what is answered");
        if (asked.state().consult()) {
            TakeOver known = TakeOver.of(assignment, asked.state());
            known.answered().addAll(answered, assignment.committed());
            return known;
        }
        // Without state there is nothing that counts from the committed offset: what is done need not be fetched.
        return TakeOver.from(assignment, answered.nextClear(asked.question().from()), answered);
    }

    private static LoggingEventBuilder log(LoggingEventBuilder event, PartitionAssignment assignment) {
        return event.addKeyValue("topic", assignment.partition().topic())
                .addKeyValue("partition", assignment.partition().number())
                .addKeyValue("offset", assignment.committed())
                .addKeyValue("begin", assignment.begin())
                .addKeyValue("end", assignment.end());
    }

    /** Forgets partitions that are no longer owned. */
    public void release(Set<PartitionRef> gone) {
        gone.forEach(partition -> {
            Waiting asked = waiting.remove(partition);
            if (asked != null) {
                answers.forget(asked.question());
            }
        });
    }

    /** How many partitions wait for the results topic. */
    public int waiting() {
        return waiting.size();
    }

    @Override
    public void close() {
        answers.close();
    }
}
