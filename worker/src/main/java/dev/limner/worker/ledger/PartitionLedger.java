package dev.limner.worker.ledger;

import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One owned partition: what was delivered, what is done, what is committed. Memory and the cost of a commit follow the
 * number of records that are open or wait for their commit, not the number that finished behind a slow one. Control
 * thread only.
 */
final class PartitionLedger {
    /** Jobs that go singly after a second death. More than are ever on their way at once from one partition. */
    static final int SUSPECTS = 64;
    /** Outcomes that may wait for a commit that has room for them. */
    static final int MOST_WAITING = 4096;

    private static final int CRASHES_UNTIL_SINGLY = 2;

    private final long ownership;
    private final LedgerSettings settings;
    private final @Nullable TopicMark topic;
    /** Records that are open, and those whose outcome is not committed yet. */
    private final NavigableMap<Long, Entry> pending = new TreeMap<>();
    /** What is committed as done, by this owner and earlier ones, and the gaps between; before the offset it is vague. */
    private final OffsetSet done = new OffsetSet();

    private int open;
    private long committed;
    private long deliveredEnd;
    /** The last record that is committed as done; nothing behind it is written to a ledger. */
    private long lastDone;

    private @Nullable Entry lastDelivered;
    private int crashes;
    private long suspectsUntil;
    private long started = -1;
    private long condemned = -1;
    private boolean held = true;
    private boolean marked;
    private boolean marksChanged;
    private boolean markedSinceDraft;
    private boolean nothingFits;
    private int length;
    private long confirmedNanos = System.nanoTime();
    private @Nullable Draft draft;

    private static final class Entry {
        private final long offset;
        /** Behind the transaction markers that follow it; they are done when it is. */
        private long end;

        private boolean finished;
        private @Nullable Publication publication;

        Entry(long offset) {
            this.offset = offset;
            this.end = offset + 1;
        }
    }

    /** A commit that was built and not confirmed yet. */
    private record Draft(List<Entry> covered, long offset, int crashes, int length) {}

    PartitionLedger(TakeOver takeOver, LedgerSettings settings) {
        LedgerState state = takeOver.state();
        this.ownership = takeOver.ownership();
        this.settings = settings;
        this.topic = takeOver.topicId() == null ? null : TopicMark.of(takeOver.topicId());
        this.committed = takeOver.offset();
        this.deliveredEnd = committed;
        this.length = takeOver.length();
        done.addAll(committed, state.done());
        done.addAll(takeOver.answered(), committed);
        lastDone = done.last();
        // Without a ledger there is nowhere to count deaths.
        boolean waiting = committed < takeOver.end() && !settings.ordered();
        if (state.held() && waiting) {
            takeOver(state, takeOver.end());
        } else if (waiting) {
            crashes = state.crashes();
            suspectsUntil = committed + state.suspects();
        }
        marksChanged = !settings.ordered();
    }

    /** The owner before did not let go: it died, or was cut off from the brokers and counts as dead. */
    private void takeOver(LedgerState state, long end) {
        if (state.crashes() >= CRASHES_UNTIL_SINGLY && state.started() >= 0) {
            condemned = committed + state.started();
            return;
        }
        crashes = state.crashes() + 1;
        suspectsUntil = Math.min(committed + SUSPECTS, end);
    }

    long ownership() {
        return ownership;
    }

    int crashes() {
        return crashes;
    }

    DeliveryState delivered(long offset) {
        if (offset < deliveredEnd) {
            return DeliveryState.DONE;
        }
        passGap(offset);
        deliveredEnd = offset + 1;
        if (done.contains(offset)) {
            lastDelivered = null;
            return DeliveryState.DONE;
        }
        Entry entry = new Entry(offset);
        lastDelivered = entry;
        pending.put(offset, entry);
        open++;
        if (offset == condemned) {
            return DeliveryState.CONDEMNED;
        }
        return crashes >= CRASHES_UNTIL_SINGLY && offset < suspectsUntil ? DeliveryState.SUSPECT : DeliveryState.FRESH;
    }

    /** Transaction markers and aborted records count as what lies before them, so that runs stay long. */
    private void passGap(long offset) {
        if (offset - deliveredEnd > LedgerCodec.MOST_OFFSETS) {
            return;
        }
        if (lastDelivered != null) {
            lastDelivered.end = offset;
        } else {
            done.addRange(deliveredEnd, offset);
        }
    }

    /** @param publication absent if the record was acknowledged without an answer of its own */
    void finished(long offset, @Nullable Publication publication) {
        Entry entry = pending.get(offset);
        if (entry == null || entry.finished) {
            throw new IllegalStateException("a second outcome for offset " + offset);
        }
        entry.finished = true;
        entry.publication = publication;
        open--;
        nothingFits = false;
    }

    /**
     * The consumer stands at a position; if nothing else is left, what lies before it are transaction markers.
     *
     * @param refreshNanos an offset that was not committed for this long is committed again, lest the group forgets it
     */
    void passed(long position, long refreshNanos) {
        boolean markers = pending.isEmpty() && position > committed && !settings.ordered();
        if (markers || System.nanoTime() - confirmedNanos > refreshNanos) {
            mark();
        }
    }

    /** A job under suspicion goes to the device next, alone. */
    void started(long offset) {
        started = offset;
        mark();
    }

    private void mark() {
        marksChanged = true;
        markedSinceDraft = true;
    }

    /** The next commit says that this owner let go. */
    void letGo() {
        if (held && !settings.ordered()) {
            held = false;
            mark();
        }
    }

    /** Whether {@link #draft} would find news. */
    boolean hasNews() {
        return marksChanged || (waiting() > 0 && !nothingFits && (!settings.ordered() || oldestIsDone()));
    }

    private boolean oldestIsDone() {
        return !pending.isEmpty() && pending.firstEntry().getValue().finished;
    }

    /** Finished, and not committed yet. */
    int waiting() {
        return pending.size() - open;
    }

    /** Whether nothing more is to be fetched for now. */
    boolean closed() {
        // Before the group knows that this owner holds the partition, nothing of it goes to the device.
        return (!settings.ordered() && !marked) || (full() && !pending.isEmpty());
    }

    /**
     * Whether the ledger is at a bound. That closes the partition only if its oldest record that is not done has been
     * delivered, for only that one's outcome makes a ledger shorter: records come in order, so it is the first that is
     * pending. With nothing pending it is still to be fetched.
     */
    private boolean full() {
        return waiting() >= MOST_WAITING
                || (!settings.ordered()
                        && (length > settings.softCap() || deliveredEnd - committed >= LedgerCodec.MOST_OFFSETS));
    }

    int open() {
        return open;
    }

    int uncommitted() {
        return pending.size();
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
        int least = -1;
        while (limit >= 0) {
            List<Entry> covered = covered(limit, may);
            if (covered.isEmpty() && !marksChanged) {
                nothingFits = most > 0;
                return null;
            }
            if (fits(covered, nonce, position, settings.hardCap())) {
                return draft(covered, nonce, position, false, into);
            }
            // A ledger that is longer as it was found may stay so: with its oldest job done it is no longer than
            // without.
            least = least < 0 ? length(List.of(), nonce, position) : least;
            if (least > LedgerCodec.LARGEST) {
                break;
            }
            if (fits(covered, nonce, position, least)) {
                return draft(covered, nonce, position, false, into);
            }
            // What does not fit waits for the oldest job.
            limit = limit == 0 ? -1 : Math.min(limit, covered.size()) / 2;
        }
        // Not even what is done already fits. Results go with their commits, so they can tell all of it.
        List<Entry> covered = covered(most, may);
        return covered.isEmpty() && !marksChanged ? null : draft(covered, nonce, position, true, into);
    }

    private boolean fits(List<Entry> covered, long nonce, long position, int cap) {
        return length(covered, nonce, position) <= cap;
    }

    /** Characters of the ledger; {@link Integer#MAX_VALUE} if it spans more offsets than a ledger may. */
    private int length(List<Entry> covered, long nonce, long position) {
        long end = prefixEnd(covered, position);
        return lastDone(covered) - end < LedgerCodec.MOST_OFFSETS
                ? metadata(nonce, end, beyond(covered, end), false).length()
                : Integer.MAX_VALUE;
    }

    private Commit draft(List<Entry> covered, long nonce, long position, boolean consult, List<Publication> into) {
        long end = prefixEnd(covered, position);
        String metadata = metadata(nonce, end, consult ? new BitSet() : beyond(covered, end), consult);
        covered.forEach(entry -> {
            if (entry.publication != null) {
                into.add(entry.publication);
            }
        });
        draft = new Draft(covered, end, left(end), metadata.length());
        markedSinceDraft = false;
        return new Commit(end, metadata);
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
        return pending.isEmpty() ? -1 : pending.firstKey();
    }

    private List<Entry> covered(int most, Predicate<Publication> may) {
        List<Entry> covered = new ArrayList<>();
        for (Entry entry : pending.values()) {
            if (covered.size() >= most || (settings.ordered() && !entry.finished)) {
                break;
            }
            if (entry.finished) {
                if (entry.publication == null || may.test(entry.publication)) {
                    covered.add(entry);
                } else if (settings.ordered()) {
                    break;
                }
            }
        }
        return covered;
    }

    /** The first record that is neither done nor about to be; without one, where the consumer stands. */
    private long prefixEnd(List<Entry> covered, long position) {
        int matched = 0;
        for (Entry entry : pending.values()) {
            if (matched == covered.size() || covered.get(matched) != entry) {
                return entry.offset;
            }
            matched++;
        }
        return done.nextClear(Math.max(deliveredEnd, position));
    }

    private long lastDone(List<Entry> covered) {
        return covered.isEmpty() ? lastDone : Math.max(lastDone, covered.getLast().offset);
    }

    private BitSet beyond(List<Entry> covered, long end) {
        long last = lastDone(covered) + 1;
        BitSet beyond = done.relative(end, last);
        for (Entry entry : covered) {
            if (entry.offset >= end) {
                beyond.set((int) (entry.offset - end), (int) (Math.min(entry.end, last) - end));
            }
        }
        return beyond;
    }

    private int left(long end) {
        return end >= suspectsUntil ? 0 : crashes;
    }

    private long running() {
        Entry entry = pending.get(started);
        return entry == null || entry.finished ? -1 : started;
    }

    /** Without ledgers of its own, an owner still hands on what is left of one that it found. */
    private String metadata(long nonce, long end, BitSet beyond, boolean consult) {
        if (settings.ordered() && beyond.isEmpty() && !consult) {
            return "";
        }
        int left = left(end);
        int suspects = left == 0 ? 0 : (int) (suspectsUntil - end);
        long running = running();
        int mark = running < end || running - end >= LedgerCodec.MOST_OFFSETS ? -1 : (int) (running - end);
        return LedgerCodec.encode(
                Math.max(1, settings.version()),
                new LedgerState(nonce, topic, held && !settings.ordered(), consult, left, suspects, mark, beyond));
    }

    /** The last draft is committed. */
    void confirm() {
        Draft made = draft;
        if (made == null) {
            throw new IllegalStateException("nothing was to be committed");
        }
        draft = null;
        for (Entry entry : made.covered) {
            pending.remove(entry.offset);
            done.addRange(entry.offset, entry.end);
            lastDone = Math.max(lastDone, entry.offset);
            if (entry == lastDelivered) {
                lastDelivered = null;
            }
        }
        committed = made.offset;
        deliveredEnd = Math.max(deliveredEnd, committed);
        done.forgetBefore(committed);
        crashes = made.crashes;
        length = made.length;
        marked = true;
        // What was marked while the commit was on its way is not in it.
        marksChanged = markedSinceDraft;
        confirmedNanos = System.nanoTime();
    }
}
