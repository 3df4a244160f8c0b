package dev.limner.training.canary;

import java.util.Arrays;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * Whether one of two arms that run at the same time fails more often than the other, asked as often as one likes.
 *
 * <p>Evidence comes in strata: what both arms did at nearly the same time. Given how many failed in a stratum, the number
 * that falls to the tried arm is hypergeometric where both fail equally often, whatever that rate is and however it changes
 * from one stratum to the next; where the odds are {@code w} times as high it is Fisher's noncentral hypergeometric
 * distribution. The ratio of the two is an e-value, and the product over the strata, averaged over several {@code w}, a
 * martingale: the chance that it ever reaches 1/a without a difference is at most a (Ville 1939). These are the conditional
 * e-variables of ter Schure, Perez-Ortiz, Ly and Gruenwald, "The Anytime-Valid Logrank Test" (New England Journal of
 * Statistics in Data Science 2, 2024), for the two-sample streams of Turner, Ly and Gruenwald, "Generic E-variables for
 * exact sequential k-sample tests that allow for optional stopping" (Journal of Statistical Planning and Inference 230,
 * 2024); for strata of one and one it is Wald's double dichotomy (1947).
 *
 * <p>Not safe for several threads.
 */
public final class SequentialLikelihoodTest {
    private final SequentialDesign design;
    private final double[] evidence;
    private double harmless;
    private double most = Double.NEGATIVE_INFINITY;
    private double mostHarmless;

    public SequentialLikelihoodTest(SequentialDesign design) {
        this.design = design;
        this.evidence = design.weights().stream().mapToDouble(Math::log).toArray();
    }

    /** What is known so far. */
    public enum Decision {
        /** It fails more often. */
        WORSE,
        /** It does not fail as much more often as it was to be found out for. */
        NOT_WORSE,
        OPEN
    }

    /** Adds a stratum. */
    public void add(TimeStratum stratum) {
        int failed = stratum.triedFailed() + stratum.usualFailed();
        if (failed == 0 || failed == stratum.tried() + stratum.usual()) {
            return;
        }
        double[] ways = ways(stratum, failed);
        int fewest = Math.max(0, failed - stratum.usual());
        double even = share(ways, 0, stratum.triedFailed() - fewest);
        for (int i = 0; i < evidence.length; i++) {
            evidence[i] += share(ways, Math.log(design.odds().get(i)), stratum.triedFailed() - fewest) - even;
        }
        harmless += even - share(ways, Math.log(design.worse()), stratum.triedFailed() - fewest);
        most = Math.max(most, logEvidence());
        mostHarmless = Math.max(mostHarmless, harmless);
    }

    /** For each number of failures that may fall to the tried arm, the logarithm of the ways it can. */
    private static double[] ways(TimeStratum stratum, int failed) {
        int fewest = Math.max(0, failed - stratum.usual());
        int greatest = Math.min(failed, stratum.tried());
        double[] ways = new double[greatest - fewest + 1];
        for (int i = 0; i < ways.length; i++) {
            ways[i] = CombinatoricsUtils.binomialCoefficientLog(stratum.tried(), fewest + i)
                    + CombinatoricsUtils.binomialCoefficientLog(stratum.usual(), failed - fewest - i);
        }
        return ways;
    }

    /** Logarithm of the probability of what was seen. */
    private static double share(double[] ways, double logOdds, int seen) {
        double[] terms = new double[ways.length];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = ways[i] + i * logOdds;
        }
        return terms[seen] - logSum(terms);
    }

    private static double logSum(double[] terms) {
        double greatest = Arrays.stream(terms).max().orElse(0);
        return greatest
                + Math.log(Arrays.stream(terms)
                        .map(term -> Math.exp(term - greatest))
                        .sum());
    }

    private double logEvidence() {
        return logSum(evidence);
    }

    /** The e-value now: how many times the money of somebody who bets that it is worse. */
    public double evidence() {
        return Math.exp(logEvidence());
    }

    /** What the strata so far say. What was found worse once stays worse; what was not may still turn out so. */
    public Decision decision() {
        if (most >= -Math.log(design.falseAlarm())) {
            return Decision.WORSE;
        }
        return mostHarmless >= -Math.log(design.missed()) ? Decision.NOT_WORSE : Decision.OPEN;
    }
}
