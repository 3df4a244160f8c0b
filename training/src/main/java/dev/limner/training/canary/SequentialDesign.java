package dev.limner.training.canary;

import java.util.List;

/**
 * What a {@link SequentialLikelihoodTest} is to find out, and how often it may be wrong.
 *
 * @param falseAlarm the chance to call something worse that is not, however long it is looked at
 * @param missed the chance to call something not worse whose odds are {@code worse} times as high
 * @param worse how many times as high the odds are of what is to be found out
 * @param odds that the evidence is averaged over
 * @param weights of those; they add up to 1
 */
public record SequentialDesign(
        double falseAlarm, double missed, double worse, List<Double> odds, List<Double> weights) {
    /**
     * Dislikes: 40 % where 20 % are usual is odds of 8/3. Most of the weight is there, the rest on what is a little worse
     * and on what is much worse.
     */
    public static final SequentialDesign OF_OPINIONS =
            new SequentialDesign(0.04, 0.05, 8.0 / 3, List.of(8.0 / 3, 1.6, 6.0, 20.0), List.of(0.7, 0.1, 0.1, 0.1));

    /** Failed jobs are rare, and a release that cannot generate fails many times as often. */
    public static final SequentialDesign OF_JOBS =
            new SequentialDesign(0.01, 0.001, 3, List.of(2.0, 4.0, 16.0, 64.0), List.of(0.25, 0.25, 0.25, 0.25));

    public SequentialDesign {
        odds = List.copyOf(odds);
        weights = List.copyOf(weights);
        if (!(falseAlarm > 0 && falseAlarm < 1 && missed > 0 && missed < 1)) {
            throw new IllegalArgumentException(
                    "chances of error " + falseAlarm + " and " + missed + ", must be between 0 and 1");
        }
        if (!(worse > 1) || odds.size() != weights.size() || odds.stream().anyMatch(one -> !(one > 1))) {
            throw new IllegalArgumentException("odds of " + worse + " and " + odds + ", must be above 1, one a weight");
        }
    }
}
