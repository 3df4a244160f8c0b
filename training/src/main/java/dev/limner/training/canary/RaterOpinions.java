package dev.limner.training.canary;

import dev.limner.training.replay.RaterVote;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares two models by what raters say of both at the same time. The unit is the rater in each arm: whoever says a
 * thousand things counts once in each, and so does everybody without a name together.
 *
 * <p>Each stratum is a pair: a vote on an image of the one and a vote on an image of the other, at most an hour apart,
 * each the only one of its rater in its arm that counts. Both raters have said about as much before (equal powers of two),
 * because people judge their first image differently from their hundredth, and the arm with the smaller share would see
 * more of the hundredth; a rater is paired with themselves where that can be. Who is paired with whom depends on times,
 * arms and names, never on what was said. Votes in the order they were read; not safe for several threads.
 */
public final class RaterOpinions {
    /** How far apart votes may be and still be of the same time. */
    static final Duration CONCURRENT = Duration.ofHours(1);

    private static final int MOST_WAITING = 64;

    private final String tried;
    private final SequentialLikelihoodTest test;
    private final Map<String, Integer> said = new HashMap<>();
    private final Map<Slot, Deque<RaterVote>> waiting = new HashMap<>();
    private final Set<Unit> counted = new HashSet<>();
    private int pairs;
    private int triedDisliked;
    private int usualDisliked;

    /** What waits for a vote on the other model. */
    private record Slot(boolean tried, int experience) {}

    /** A rater in an arm. */
    private record Unit(boolean tried, String rater) {}

    /**
     * @param tried digest of the model that may be worse; every vote on another one counts for what it is compared with
     */
    public RaterOpinions(String tried, SequentialDesign design) {
        this.tried = tried;
        this.test = new SequentialLikelihoodTest(design);
    }

    /** Adds a vote. */
    public void add(RaterVote vote) {
        int number = said.merge(vote.rater(), 1, Integer::sum);
        boolean ofTried = isOfTried(vote);
        if (counted.contains(new Unit(ofTried, vote.rater()))) {
            return;
        }
        int experience = Integer.SIZE - Integer.numberOfLeadingZeros(number);
        Optional<RaterVote> other = counterpart(vote, new Slot(!ofTried, experience));
        if (other.isPresent()) {
            pair(vote, other.get());
        } else {
            Deque<RaterVote> mine = waiting.computeIfAbsent(new Slot(ofTried, experience), slot -> new ArrayDeque<>());
            mine.addLast(vote);
            if (mine.size() > MOST_WAITING) {
                mine.removeFirst();
            }
        }
    }

    private boolean isOfTried(RaterVote vote) {
        return vote.model().equals(tried);
    }

    /** The same rater's, or the latest. */
    private Optional<RaterVote> counterpart(RaterVote vote, Slot slot) {
        Deque<RaterVote> candidates = waiting.getOrDefault(slot, new ArrayDeque<>());
        RaterVote found = null;
        for (Iterator<RaterVote> latest = candidates.descendingIterator(); latest.hasNext(); ) {
            RaterVote candidate = latest.next();
            if (counted.contains(new Unit(slot.tried(), candidate.rater()))
                    || candidate.arrived().plus(CONCURRENT).isBefore(vote.arrived())) {
                latest.remove();
            } else if (!vote.arrived().plus(CONCURRENT).isBefore(candidate.arrived())) {
                if (candidate.rater().equals(vote.rater())) {
                    return Optional.of(candidate);
                }
                found = found == null ? candidate : found;
            }
            // The rest is too late for this one: partitions are caught up with one after the other, its like may still
            // come.
        }
        return Optional.ofNullable(found);
    }

    private void pair(RaterVote one, RaterVote other) {
        RaterVote mine = isOfTried(one) ? one : other;
        RaterVote theirs = isOfTried(one) ? other : one;
        counted.add(new Unit(true, mine.rater()));
        counted.add(new Unit(false, theirs.rater()));
        pairs++;
        int bad = mine.liked() ? 0 : 1;
        int usualBad = theirs.liked() ? 0 : 1;
        triedDisliked += bad;
        usualDisliked += usualBad;
        test.add(new TimeStratum(bad, 1, usualBad, 1));
    }

    /** What the votes so far say. */
    public SequentialLikelihoodTest.Decision decision() {
        return test.decision();
    }

    /** Raters in each arm that count. */
    public int raters() {
        return pairs;
    }

    /** For people. */
    public String text() {
        return triedDisliked + " of " + pairs + " raters dislike it, the other " + usualDisliked + " of as many";
    }
}
