package dev.limner.training.step;

/**
 * What the critic's moves of one step measured.
 *
 * @param loss mean over the moves, without penalties
 * @param realAboveGenerated mean over the moves
 * @param penalty of the last move; NaN if it had none
 * @param gradient norm of the gradient of the last move
 */
record CriticReport(float loss, float realAboveGenerated, float penalty, float gradient) {
    /** Before the first move. */
    static final CriticReport NONE = new CriticReport(0, 0, Float.NaN, Float.NaN);

    /** @param share of the next move in the means */
    CriticReport and(CriticReport next, float share) {
        return new CriticReport(
                loss + share * next.loss,
                realAboveGenerated + share * next.realAboveGenerated,
                next.penalty,
                next.gradient);
    }
}
