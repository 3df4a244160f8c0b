package dev.limner.training.objective;

import ai.djl.ndarray.NDArray;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.Layers;
import dev.limner.training.settings.Settings;

/**
 * GAN-INT (Reed et al. 2016): the generator also plays for captions that nobody wrote, each between one of the batch and its
 * neighbour, so that it learns what lies between what it has seen. There are no real images of them, so the critic does not
 * learn from them, and where an objective pairs images, the real one of the first caption stands for both.
 *
 * @param weight of the objective's loss for them, over the training
 * @param share of the neighbour's caption; 0.5 in the paper
 */
public record CaptionInterpolationTerm(TermWeight weight, double share) implements GeneratorTerm {
    /** The most that a recipe may set. */
    public static final double MOST_WEIGHT = 1000;

    @Override
    public NDArray loss(Generation generation) {
        float now = (float) weight.at(generation.step());
        if (now == 0) {
            return generation.temporary().create(0f);
        }
        NDArray between = between(generation.sentence());
        NDArray generated =
                generation.network().generate(generation.weights(), GeneratorInputs.of(generation.noise(), between));
        return Layers.scale(generation.adversary().loss(generated, between), now);
    }

    /**
     * Between each sentence and the next, and as long as it was: embeddings have one length.
     *
     * @param sentence (n, text)
     */
    NDArray between(NDArray sentence) {
        NDArray next = sentence.get("1:").concat(sentence.get("0:1"), 0);
        NDArray mixed = Layers.scale(sentence, 1 - share).add(Layers.scale(next, share));
        return mixed.mul(length(sentence).div(length(mixed)));
    }

    private static NDArray length(NDArray sentence) {
        return sentence.square().sum(new int[] {1}, true).sqrt();
    }

    /** {@code kind: gan-int}. */
    public static final class Kind implements TermKind {
        @Override
        public String id() {
            return "gan-int";
        }

        @Override
        public GeneratorTerm read(Settings settings) {
            settings.keys("weight", "share");
            return new CaptionInterpolationTerm(
                    TermWeight.read(settings, "weight", MOST_WEIGHT), settings.number("share", 0, 1));
        }
    }
}
