package dev.limner.training.canary;

import dev.limner.training.replay.RaterVote;
import dev.limner.training.replay.ReplayBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Two models side by side, from an instant on. Opinions are read from the buffer, so that a restart changes nothing; of the
 * jobs it knows what it was told, and a trainer that is started again begins anew there. Not safe for several threads.
 */
public final class ReleaseComparison {
    /** Fewer failures are not worth going back for. */
    private static final int FEWEST_FAILURES = 3;

    /** Nor is a smaller share of the jobs, however sure it is that the other fails less often. */
    private static final double MOST_FAILURES = 0.02;

    /** How far apart jobs may be and still be of the same time. */
    private static final Duration CONCURRENT = Duration.ofMinutes(5);

    private final String tried;
    private final String usual;
    private final Instant since;
    private final RaterOpinions opinions;
    private final SequentialLikelihoodTest jobs = new SequentialLikelihoodTest(SequentialDesign.OF_JOBS);
    private final Map<String, Pending> pending = new HashMap<>();
    private long lastVote;
    private long failed;
    private long generated;
    private long usualFailed;
    private long usualGenerated;

    /** What a worker did with the one while it waited for something to do with the other. */
    private record Pending(Instant from, JobFailures.Done mine, JobFailures.Done theirs) {
        static Pending since(Instant from) {
            return new Pending(from, JobFailures.Done.NOTHING, JobFailures.Done.NOTHING);
        }

        boolean isConcurrentWith(Instant later) {
            return !from.plus(CONCURRENT).isBefore(later);
        }
    }

    /**
     * @param tried digest of the model that may be worse
     * @param usual digest of the one it is compared with
     * @param since when both began to generate, by the clocks of trainer and broker
     */
    public ReleaseComparison(String tried, String usual, Instant since) {
        this.tried = tried;
        this.usual = usual;
        this.since = since;
        this.opinions = new RaterOpinions(tried, SequentialDesign.OF_OPINIONS);
    }

    /** Whether it is of these two, and of that instant. */
    public boolean isOf(String one, String other, Instant from) {
        return tried.equals(one) && usual.equals(other) && since.equals(from);
    }

    /** Reads what was said since it last looked. */
    public void read(ReplayBuffer replay) {
        for (RaterVote vote : replay.votes(tried, usual, lastVote, since)) {
            lastVote = vote.number();
            opinions.add(vote);
        }
    }

    /**
     * Adds what workers did: a stratum for each time that a worker has generated with both within a few minutes. What was generated
     * before both ran is of another time.
     */
    public void add(List<JobFailures.Interval> intervals) {
        for (JobFailures.Interval interval : intervals) {
            if (interval.from().isBefore(since)) {
                continue;
            }
            Pending fresh = Pending.since(interval.from());
            Pending waiting = pending.getOrDefault(interval.worker(), fresh);
            Pending before = waiting.isConcurrentWith(interval.from()) ? waiting : fresh;
            Pending now = new Pending(
                    before.from(),
                    before.mine().plus(interval.done().getOrDefault(tried, JobFailures.Done.NOTHING)),
                    before.theirs().plus(interval.done().getOrDefault(usual, JobFailures.Done.NOTHING)));
            if (now.mine().all() > 0 && now.theirs().all() > 0) {
                pending.remove(interval.worker());
                add(now.mine(), now.theirs());
            } else {
                pending.put(interval.worker(), now);
            }
        }
    }

    private void add(JobFailures.Done mine, JobFailures.Done theirs) {
        failed += mine.failed();
        generated += mine.all();
        usualFailed += theirs.failed();
        usualGenerated += theirs.all();
        jobs.add(new TimeStratum(mine.failed(), mine.all(), theirs.failed(), theirs.all()));
    }

    /** What people say. */
    public SequentialLikelihoodTest.Decision opinions() {
        return opinions.decision();
    }

    /** For people. */
    public String opinionsText() {
        return opinions.text();
    }

    /** Why it is worse by the jobs that fail, for people; empty if it is not. */
    public Optional<String> failures() {
        return jobs.decision() == SequentialLikelihoodTest.Decision.WORSE
                        && failed >= FEWEST_FAILURES
                        && failed > MOST_FAILURES * generated
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%d of %d jobs failed with it, with the other %d of %d at the same time",
                        failed,
                        generated,
                        usualFailed,
                        usualGenerated))
                : Optional.empty();
    }
}
