package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.Layers;
import dev.limner.training.settings.Settings;

/**
 * How far a generated image is from the real one of its caption: the mean absolute difference at full size and at each
 * halving down to 8x8, averaged (the Five-Dollar Model's idea, arXiv 2308.04052, beside the adversary). The small sizes say
 * which colour goes where, the full size only counts as one of them, so that the fine structure is left to the adversary.
 *
 * @param weight of the difference, over the training
 */
public record ReconstructionTerm(TermWeight weight) implements GeneratorTerm {
    /** The most that a recipe may set. */
    public static final double MOST_WEIGHT = 1000;

    private static final long SMALLEST = 8;

    /** The same weight at all steps. */
    public ReconstructionTerm(double weight) {
        this(TermWeight.constant(weight));
    }

    @Override
    public NDArray loss(Generation generation) {
        float now = (float) weight.at(generation.step());
        if (now == 0) {
            return generation.temporary().create(0f);
        }
        return Layers.scale(difference(generation.generated(), generation.images()), now);
    }

    /**
     * @param generated (n, 3, side, side)
     * @param real of the same shape
     * @return a scalar
     */
    static NDArray difference(NDArray generated, NDArray real) {
        NDArray difference = generated.sub(real);
        NDArray total = difference.abs().mean();
        int sizes = 1;
        while (difference.getShape().get(2) > SMALLEST) {
            difference = Layers.halve(difference);
            total = total.add(difference.abs().mean());
            sizes++;
        }
        return Layers.scale(total, 1.0 / sizes);
    }

    /** {@code kind: reconstruction}. */
    public static final class Kind implements TermKind {
        @Override
        public String id() {
            return "reconstruction";
        }

        @Override
        public GeneratorTerm read(Settings settings) {
            settings.keys("weight");
            return new ReconstructionTerm(TermWeight.read(settings, "weight", MOST_WEIGHT));
        }
    }
}
