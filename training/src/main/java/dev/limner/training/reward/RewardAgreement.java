package dev.limner.training.reward;

import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How often a reward puts the better image above the worse one, over opinions it has not learned from: the area under
 * the curve of liked against disliked images, and the share of pairs it has the right way round.
 */
final class RewardAgreement {
    private static final int RESAMPLES = 300;
    private static final int FEWEST = 10;
    private static final double LIKED = 0.6;
    private static final double DISLIKED = 0.4;

    private RewardAgreement() {}

    /** An image that was clearly liked or clearly not, or a pair. */
    private sealed interface Case {
        record Liked(double reward) implements Case {}

        record Disliked(double reward) implements Case {}

        record Pair(boolean right) implements Case {}
    }

    /** What a reward thinks of an input. */
    @FunctionalInterface
    interface Rewarding {
        double of(float[] input);
    }

    /** Empty where there is too little to compare. */
    static Optional<Estimate> of(PreferenceData lessons, Rewarding reward, long seed) {
        List<Case> cases = Stream.concat(
                        lessons.marks().stream()
                                .filter(mark -> mark.liked() >= LIKED || mark.liked() <= DISLIKED)
                                .<Case>map(mark -> mark.liked() >= LIKED
                                        ? new Case.Liked(reward.of(mark.input()))
                                        : new Case.Disliked(reward.of(mark.input()))),
                        lessons.pairs().stream()
                                .<Case>map(pair -> new Case.Pair(reward.of(pair.better()) > reward.of(pair.worse()))))
                .toList();
        if (cases.size() < FEWEST || Double.isNaN(share(cases))) {
            return Optional.empty();
        }
        return Optional.of(Bootstrap.of(cases.size(), RESAMPLES, seed, positions -> {
            double share = share(Arrays.stream(positions).mapToObj(cases::get).toList());
            return Double.isNaN(share) ? 0.5 : share;
        }));
    }

    private static double share(List<Case> cases) {
        double[] liked = cases.stream()
                .filter(Case.Liked.class::isInstance)
                .mapToDouble(one -> ((Case.Liked) one).reward())
                .toArray();
        double[] disliked = cases.stream()
                .filter(Case.Disliked.class::isInstance)
                .mapToDouble(one -> ((Case.Disliked) one).reward())
                .toArray();
        long pairs = cases.stream().filter(Case.Pair.class::isInstance).count();
        long right = cases.stream()
                .filter(one -> one instanceof Case.Pair(boolean isRight) && isRight)
                .count();
        boolean marks = liked.length > 0 && disliked.length > 0;
        double markWeight = marks ? liked.length + (double) disliked.length : 0;
        double total = markWeight + pairs;
        return total == 0 ? Double.NaN : ((marks ? areaUnderCurve(liked, disliked) * markWeight : 0) + right) / total;
    }

    /** The chance that a liked image is above a disliked one (Mann and Whitney 1947); ties count half. */
    private static double areaUnderCurve(double[] liked, double[] disliked) {
        double wins = 0;
        for (double one : liked) {
            for (double other : disliked) {
                wins += one > other ? 1 : one == other ? 0.5 : 0;
            }
        }
        return wins / ((double) liked.length * disliked.length);
    }
}
