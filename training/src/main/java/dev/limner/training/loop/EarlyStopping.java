package dev.limner.training.loop;

/**
 * Whether a training still gains, from the scores of its checks.
 *
 * @param best the best score so far; -1 before the first check
 * @param bestStep the step it was reached at
 * @param without checks since then
 */
public record EarlyStopping(double best, long bestStep, int without) {
    /** Before the first check. */
    public static final EarlyStopping NONE = new EarlyStopping(-1, 0, 0);

    EarlyStopping after(double score, long step) {
        return score > best ? new EarlyStopping(score, step, 0) : new EarlyStopping(best, bestStep, without + 1);
    }

    boolean isBest(long step) {
        return bestStep == step && without == 0;
    }

    /** @param patience checks without gain that are put up with; 0 for any number */
    boolean exhausted(int patience) {
        return patience > 0 && without >= patience;
    }
}
