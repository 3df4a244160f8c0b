package dev.limner.trainer.gate;

/**
 * Whether something is disliked more often than it may be, asked after every opinion without asking too often: the
 * sequential probability ratio test (Wald 1945).
 *
 * @param usual share of dislikes of what it is compared with
 * @param worse share from which on it should be found out
 */
public record SequentialTest(double usual, double worse) {
    /** The chance to call something worse that is not. */
    private static final double FALSE_ALARM = 0.05;

    /** The chance to miss something that is. */
    private static final double MISSED = 0.1;

    private static final double LEAST_DIFFERENCE = 0.15;
    private static final double MOST = 0.98;

    public SequentialTest {
        if (!(usual > 0 && usual < worse && worse < 1)) {
            throw new IllegalArgumentException(
                    "a test of " + worse + " against " + usual + ", must be 0 < usual < worse < 1");
        }
    }

    /** What is known so far. */
    public enum Decision {
        WORSE,
        NOT_WORSE,
        OPEN
    }

    /**
     * A test against what was seen of something else.
     *
     * @param likes of it
     * @param dislikes of it
     */
    public static SequentialTest against(long likes, long dislikes) {
        // With one of each added: nothing is liked or disliked by everybody.
        double usual = Math.min((dislikes + 1.0) / (likes + dislikes + 2.0), MOST - LEAST_DIFFERENCE);
        return new SequentialTest(usual, Math.min(MOST, usual + Math.max(LEAST_DIFFERENCE, usual / 2)));
    }

    /** Decides from all opinions so far. */
    public Decision of(long likes, long dislikes) {
        double evidence = dislikes * Math.log(worse / usual) + likes * Math.log((1 - worse) / (1 - usual));
        if (evidence >= Math.log((1 - MISSED) / FALSE_ALARM)) {
            return Decision.WORSE;
        }
        return evidence <= Math.log(MISSED / (1 - FALSE_ALARM)) ? Decision.NOT_WORSE : Decision.OPEN;
    }
}
