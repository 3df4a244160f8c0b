package dev.limner.training.canary;

import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.RaterVote;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * How often the comparison of two models is wrong, on histories of opinions and jobs that are made up. A history is a
 * function of its world, the seed and its number, and runs through the same code as real ones do.
 */
public final class RollbackSimulation {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MOST_VOTES = 40_000;
    private static final double JOBS_FAIL = 0.01;
    private static final int JOBS_OF_A_STATUS = 100;

    private RollbackSimulation() {}

    /** How the share of dislikes changes, for both models alike. */
    public enum Drift {
        NONE,
        /** Up and down, about five times before a trial is decided. */
        WAVE,
        /** From one vote to the next, about a third of the way to the decision. */
        STEP,
        /** Steadily, until two logits more. */
        TREND,
        /** Raters like their first images and get more critical with each. */
        FATIGUE
    }

    /** Who speaks. */
    public enum Crowd {
        /** Everybody says one thing. */
        CASUAL,
        /** Some thirty things each. */
        REGULAR,
        /** One in fifty says half of everything, and dislikes nearly all of it. */
        HEAVY,
        /** Half of the votes name nobody. */
        ANONYMOUS
    }

    /**
     * A world to draw histories from.
     *
     * @param share of the images that the tried model generates
     * @param usual share of dislikes before drift
     * @param tried share of dislikes of the tried model, before drift
     * @param raters in each arm that a history is followed to; fewer if they do not come
     */
    public record World(Drift drift, Crowd crowd, double share, double usual, double tried, int raters) {}

    /**
     * What came of the histories of a world.
     *
     * @param worse how many found the tried model worse
     * @param notWorse how many found that it is not
     * @param counted raters in each arm at the end, on average
     */
    public record Outcome(int histories, int worse, int notWorse, double counted) {
        /** Share of the histories that found it worse. */
        public double rate() {
            return (double) worse / histories;
        }
    }

    private record History(SequentialLikelihoodTest.Decision decision, int raters) {}

    /** Histories of opinions. */
    public static Outcome opinions(World world, int histories, long seed) {
        List<History> all = LongStream.range(0, histories)
                .parallel()
                .mapToObj(number -> opinions(world, new SplittableRandom(mixed(seed, number))))
                .toList();
        return new Outcome(
                histories,
                count(all, SequentialLikelihoodTest.Decision.WORSE),
                count(all, SequentialLikelihoodTest.Decision.NOT_WORSE),
                all.stream().mapToInt(History::raters).average().orElse(0));
    }

    private static int count(List<History> histories, SequentialLikelihoodTest.Decision decision) {
        return (int) histories.stream()
                .filter(history -> history.decision() == decision)
                .count();
    }

    /** Seeds one apart give {@link SplittableRandom} one sequence, shifted. */
    private static long mixed(long seed, long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ new SplittableRandom(number).nextLong()).nextLong();
    }

    private static History opinions(World world, SplittableRandom random) {
        RaterOpinions opinions = new RaterOpinions("tried", SequentialDesign.OF_OPINIONS);
        int votes = Math.min(MOST_VOTES, votes(world));
        List<double[]> people = new ArrayList<>();
        for (int number = 0; isOpen(opinions, world) && number < votes; number++) {
            int rater = rater(world, people, random);
            double[] person = people.get(rater);
            person[1]++;
            boolean tried = random.nextDouble() < world.share();
            double dislikes = tried ? world.tried() : world.usual();
            boolean liked = random.nextDouble() >= drifted(world, dislikes, person, (double) number / votes);
            boolean named = world.crowd() != Crowd.ANONYMOUS || rater % 2 == 0;
            opinions.add(new RaterVote(
                    number + 1,
                    tried ? "tried" : "usual",
                    named ? "r" + rater : FeedbackEntry.NOBODY,
                    START.plus(Duration.ofSeconds(60L * number)),
                    liked));
        }
        return new History(opinions.decision(), opinions.raters());
    }

    /** A trial ends when it is decided. */
    private static boolean isOpen(RaterOpinions opinions, World world) {
        return opinions.raters() < world.raters() && opinions.decision() == SequentialLikelihoodTest.Decision.OPEN;
    }

    /** Enough for the raters that are asked for, by the smaller arm. */
    private static int votes(World world) {
        double scarce = Math.min(world.share(), 1 - world.share());
        double each = world.crowd() == Crowd.CASUAL ? 1 : 2;
        return (int) (4 * each * world.raters() / scarce);
    }

    /** Who votes next: by number, with what they are like (its first value) and how much they have said (its second). */
    private static int rater(World world, List<double[]> people, SplittableRandom random) {
        double stranger = switch (world.crowd()) {
            case CASUAL -> 1;
            case REGULAR, HEAVY, ANONYMOUS -> 1.0 / 30;
        };
        if (people.isEmpty() || random.nextDouble() < stranger) {
            people.add(new double[] {2 * random.nextDouble() - 1, 0});
            return people.size() - 1;
        }
        if (world.crowd() == Crowd.HEAVY && random.nextBoolean()) {
            int heavy = random.nextInt((people.size() + 49) / 50) * 50;
            people.get(heavy)[0] = 3;
            return heavy;
        }
        return random.nextInt(people.size());
    }

    /** In logits, so that odds between the models stay what they are. */
    private static double drifted(World world, double dislikes, double[] person, double time) {
        double logit = Math.log(dislikes / (1 - dislikes)) + (world.crowd() == Crowd.CASUAL ? 0 : person[0]);
        double more = switch (world.drift()) {
            case NONE -> 0;
            case WAVE -> Math.sin(2 * Math.PI * 50 * time);
            case STEP -> time < 0.03 ? 0 : 1.5;
            case TREND -> Math.min(2, 20 * time);
            case FATIGUE -> Math.min(2, 0.7 * Math.log(Math.max(1, person[1])) / Math.log(2));
        };
        return 1 / (1 + Math.exp(-logit - more));
    }

    /**
     * Histories of jobs: statuses of a worker with a hundred jobs each.
     *
     * @param share of the jobs that the tried model generates
     * @param tried share of its jobs that fail, where one in a hundred of the other does
     * @param drift of both
     */
    public static Outcome jobs(Drift drift, double share, double tried, int statuses, int histories, long seed) {
        List<History> all = LongStream.range(0, histories)
                .parallel()
                .mapToObj(number -> jobs(drift, share, tried, statuses, new SplittableRandom(mixed(seed, number))))
                .toList();
        return new Outcome(
                histories,
                count(all, SequentialLikelihoodTest.Decision.WORSE),
                count(all, SequentialLikelihoodTest.Decision.NOT_WORSE),
                all.stream().mapToInt(History::raters).average().orElse(0));
    }

    private static History jobs(Drift drift, double share, double tried, int statuses, SplittableRandom random) {
        SequentialLikelihoodTest test = new SequentialLikelihoodTest(SequentialDesign.OF_JOBS);
        World world = new World(drift, Crowd.CASUAL, share, JOBS_FAIL, tried, 0);
        int status = 0;
        while (status < statuses && test.decision() != SequentialLikelihoodTest.Decision.WORSE) {
            double time = (double) status / statuses;
            double mineFail = drifted(world, tried, new double[] {0, 0}, time);
            double theirsFail = drifted(world, JOBS_FAIL, new double[] {0, 0}, time);
            int[] done = new int[4];
            for (int job = 0; job < JOBS_OF_A_STATUS; job++) {
                boolean mine = random.nextDouble() < share;
                done[mine ? 1 : 3]++;
                done[mine ? 0 : 2] += random.nextDouble() < (mine ? mineFail : theirsFail) ? 1 : 0;
            }
            test.add(new TimeStratum(done[0], done[1], done[2], done[3]));
            status++;
        }
        return new History(test.decision(), status);
    }
}
