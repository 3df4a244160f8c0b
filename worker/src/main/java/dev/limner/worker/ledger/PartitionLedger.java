package dev.limner.worker.ledger;

import dev.limner.worker.intake.Assignment;
import dev.limner.worker.publish.PendingTransaction.Commit;
import dev.limner.worker.publish.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One owned partition: what was delivered, what is done, what is committed. Control thread only. */
final class PartitionLedger {
    /** Jobs that go singly after a second death. More than are ever on their way at once from one partition. */
    static final int SUSPECTS = 64;

    private static final int CRASHES_UNTIL_SINGLY = 2;

    private final long ownership;
    private final LedgerSettings settings;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<Long, Entry> open = new HashMap<>();
    /** What earlier owners did and this one has not been delivered yet: bit n for {@link #restoredAt} + n. */
    private final BitSet inherited;

    private final long restoredAt;
    private long committed;
    private int waitingForCommit;
    private int crashes;
    private long suspectsUntil;
    private long started = -1;
    private long condemned = -1;
    private boolean held = true;
    private boolean marksChanged;
    private boolean nothingFits;
    private int length;
    private @Nullable Draft draft;

    private enum State {
        OPEN,
        DONE,
        COMMITTED
    }

    private static final class Entry {
        private final long offset;
        private State state;
        private @Nullable Publication publication;

        Entry(long offset, State state) {
            this.offset = offset;
            this.state = state;
        }
    }

    /** A commit that was built and not confirmed yet. */
    private record Draft(List<Entry> covered, long offset, int crashes, long started, int length) {}

    PartitionLedger(Assignment assignment, LedgerState state, LedgerSettings settings) {
        this.ownership = assignment.ownership();
        this.settings = settings;
        this.restoredAt = assignment.offset();
        this.committed = assignment.offset();
        this.inherited = state.done();
        // Without a ledger there is nowhere to count deaths.
        boolean pending = assignment.offset() < assignment.end() && !settings.ordered();
        if (state.held() && pending) {
            takeOver(assignment, state);
        } else if (pending) {
            crashes = state.crashes();
            suspectsUntil = committed + state.suspects();
        }
        marksChanged = !settings.ordered();
    }

    /** The owner before did not let go: it died, or was cut off from the brokers and counts as dead. */
    private void takeOver(Assignment assignment, LedgerState state) {
        if (state.crashes() >= CRASHES_UNTIL_SINGLY && state.started() >= 0) {
            condemned = committed + state.started();
            return;
        }
        crashes = state.crashes() + 1;
        suspectsUntil = Math.min(committed + SUSPECTS, assignment.end());
    }

    long ownership() {
        return ownership;
    }

    int crashes() {
        return crashes;
    }

    Delivered delivered(long offset) {
        if (offset < committed) {
            return Delivered.DONE;
        }
        if (inherited.get((int) Math.min(Integer.MAX_VALUE, offset - restoredAt))) {
            entries.add(new Entry(offset, State.COMMITTED));
            return Delivered.DONE;
        }
        Entry entry = new Entry(offset, State.OPEN);
        entries.add(entry);
        open.put(offset, entry);
        if (offset == condemned) {
            return Delivered.CONDEMNED;
        }
        return crashes >= CRASHES_UNTIL_SINGLY && offset < suspectsUntil ? Delivered.SUSPECT : Delivered.FRESH;
    }

    /** @param publication absent if the record was acknowledged without an answer of its own */
    void finished(long offset, @Nullable Publication publication) {
        Entry entry = open.remove(offset);
        if (entry == null) {
            throw new IllegalStateException("a second outcome for offset " + offset);
        }
        entry.state = State.DONE;
        entry.publication = publication;
        waitingForCommit++;
        nothingFits = false;
    }

    /** The consumer stands at a position; if nothing else is left, what lies before it are transaction markers. */
    void passed(long position) {
        if (entries.isEmpty() && position > committed && !settings.ordered()) {
            marksChanged = true;
        }
    }

    /** A job under suspicion goes to the device next, alone. */
    void started(long offset) {
        started = offset;
        marksChanged = true;
    }

    /** The next commit says that this owner let go. */
    void letGo() {
        if (held && !settings.ordered()) {
            held = false;
            marksChanged = true;
        }
    }

    /** Whether {@link #draft} would find news. */
    boolean hasNews() {
        return marksChanged || (waitingForCommit > 0 && !nothingFits && (!settings.ordered() || oldestIsDone()));
    }

    private boolean oldestIsDone() {
        return entries.stream()
                .filter(entry -> entry.state != State.COMMITTED)
                .findFirst()
                .filter(entry -> entry.state == State.DONE)
                .isPresent();
    }

    /** Whether the group knows that this owner holds the partition. Before that nothing of it goes to the device. */
    boolean marked() {
        return settings.ordered() || length > 0;
    }

    boolean crowded() {
        return length > settings.softCap();
    }

    int open() {
        return open.size();
    }

    int waitingForCommit() {
        return waitingForCommit;
    }

    int uncommitted() {
        return entries.size();
    }

    /**
     * Builds the next commit; {@link #confirm} makes it so, and until then the same is built again.
     *
     * @param most publications at most
     * @param position where the consumer stands, for a partition in which nothing is left; -1 if that says nothing
     * @param may which publications may be in it
     * @param into takes the publications
     * @return null if there is nothing to commit
     */
    @Nullable
    Commit draft(int most, long nonce, long position, Predicate<Publication> may, List<Publication> into) {
        int limit = most;
        while (true) {
            List<Entry> covered = covered(limit, may);
            long end = prefixEnd(covered, position);
            BitSet beyond = beyond(covered, end);
            if ((covered.isEmpty() && !marksChanged) || (settings.ordered() && !beyond.isEmpty())) {
                // Of what is done beyond, nobody would know without a ledger: it waits until the prefix gets there.
                nothingFits = most > 0;
                return null;
            }
            int left = end >= suspectsUntil ? 0 : crashes;
            long running = open.containsKey(started) ? started : -1;
            String metadata = settings.ordered() ? "" : metadata(nonce, end, left, running, beyond);
            if (metadata.length() > settings.hardCap() && limit > 0) {
                // What does not fit waits for the oldest job.
                limit = Math.min(limit, covered.size()) / 2;
                continue;
            }
            covered.forEach(entry -> {
                if (entry.publication != null) {
                    into.add(entry.publication);
                }
            });
            draft = new Draft(covered, end, left, running, metadata.length());
            return new Commit(end, metadata);
        }
    }

    /** What a draft left out may be in the next one. */
    void lookAgain() {
        nothingFits = false;
    }

    /** Whether a draft waits to be confirmed. */
    boolean drafted() {
        return draft != null;
    }

    /** Offset of the oldest record whose outcome is not committed; -1 if there is none. */
    long oldest() {
        for (Entry entry : entries) {
            if (entry.state != State.COMMITTED) {
                return entry.offset;
            }
        }
        return -1;
    }

    private List<Entry> covered(int most, Predicate<Publication> may) {
        List<Entry> covered = new ArrayList<>();
        for (Entry entry : entries) {
            if (covered.size() >= most || (settings.ordered() && entry.state == State.OPEN)) {
                break;
            }
            if (entry.state == State.DONE) {
                if (entry.publication == null || may.test(entry.publication)) {
                    covered.add(entry);
                } else if (settings.ordered()) {
                    break;
                }
            }
        }
        return covered;
    }

    private long prefixEnd(List<Entry> covered, long position) {
        int matched = 0;
        long end = committed;
        for (Entry entry : entries) {
            if (entry.state == State.DONE && matched < covered.size() && covered.get(matched) == entry) {
                matched++;
            } else if (entry.state != State.COMMITTED) {
                return end;
            }
            end = entry.offset + 1;
        }
        return Math.max(end, position);
    }

    private BitSet beyond(List<Entry> covered, long end) {
        long passed = end - restoredAt;
        BitSet beyond = passed < inherited.length() ? inherited.get((int) passed, inherited.length()) : new BitSet();
        for (Entry entry : entries) {
            if (entry.state == State.COMMITTED && entry.offset >= end) {
                beyond.set((int) (entry.offset - end));
            }
        }
        for (Entry entry : covered) {
            if (entry.offset >= end) {
                beyond.set((int) (entry.offset - end));
            }
        }
        return beyond;
    }

    private String metadata(long nonce, long end, int left, long running, BitSet beyond) {
        int suspects = left == 0 ? 0 : (int) (suspectsUntil - end);
        int mark = running < end ? -1 : (int) (running - end);
        return LedgerCodec.encode(new LedgerState(nonce, held, left, suspects, mark, beyond));
    }

    /** The last draft is committed. */
    void confirm() {
        Draft made = draft;
        if (made == null) {
            throw new IllegalStateException("nothing was to be committed");
        }
        draft = null;
        made.covered.forEach(entry -> {
            entry.state = State.COMMITTED;
            entry.publication = null;
        });
        waitingForCommit -= made.covered.size();
        while (!entries.isEmpty() && entries.getFirst().offset < made.offset) {
            entries.removeFirst();
        }
        committed = made.offset;
        crashes = made.crashes;
        started = made.started;
        length = made.length;
        marksChanged = false;
    }
}
