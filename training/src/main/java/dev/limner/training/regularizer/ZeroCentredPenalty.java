package dev.limner.training.regularizer;

import ai.djl.ndarray.NDArray;

/**
 * The zero-centred gradient penalty on real images (R1; Mescheder et al. 2018) and on generated ones (R2; R3GAN, Huang et al.
 * 2024). They take turns, each every so many steps and with the weight of the steps it stands for.
 */
final class ZeroCentredPenalty implements Penalty {
    private final double gamma;
    private final int every;
    private final GradientNorm norm;

    ZeroCentredPenalty(double gamma, int every, GradientNorm norm) {
        this.gamma = gamma;
        this.every = every;
        this.norm = norm;
    }

    @Override
    public float accumulate(Move move) {
        float weight = (float) gamma * every * move.share();
        long phase = move.step() % every;
        float squares = Float.NaN;
        if (weight > 0 && phase == 0) {
            squares = of(move, move.real(), weight);
        }
        if (weight > 0 && phase == every / 2) {
            squares = of(move, move.generated(), weight);
        }
        return squares;
    }

    private float of(Move move, NDArray images, float weight) {
        return norm.accumulate(move.temporary(), move.weights(), images, move.sentence(), weight);
    }

    @Override
    public void close() {
        norm.close();
    }
}
