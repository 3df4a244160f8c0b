package dev.limner.training.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.limner.generator.network.GeneratorInputs;
import dev.limner.generator.network.InputValues;
import dev.limner.generator.network.Layers;
import dev.limner.generator.noise.CounterNoise;
import dev.limner.training.augment.Augmentation;
import dev.limner.training.augment.EmbeddingNoise;
import dev.limner.training.augment.Translation;
import dev.limner.training.objective.GeneratorTerm;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.tensor.StepRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generates images for captions that people spoke of and goes after what they would like, where the heads of the reward agree: elsewhere
 * the reward has seen nothing, and following it would be following its mistakes.
 */
public final class RewardTerm implements GeneratorTerm {
    private static final double EPSILON = 1e-6;
    private static final Augmentation SHIFTS = new Translation(0.0625);

    private final RewardEnsemble reward;
    private final List<float[]> captions;
    private final FineTuning tuning;
    private final double noise;
    private final long seed;

    /**
     * @param captions embeddings, L2-normalised
     * @param noise share of a random direction mixed into each
     * @param seed of everything random
     */
    public RewardTerm(RewardEnsemble reward, List<float[]> captions, FineTuning tuning, double noise, long seed) {
        if (captions.isEmpty()) {
            throw new IllegalArgumentException("there are no captions to generate images for for the reward");
        }
        this.reward = reward;
        this.captions = List.copyOf(captions);
        this.tuning = tuning;
        this.noise = noise;
        this.seed = seed;
    }

    @Override
    public NDArray loss(Generation generation) {
        SplittableRandom random = StepRandom.of(seed, generation.number(), StepRandom.Use.FEEDBACK);
        int count = tuning.feedback();
        int latent = generation.network().inputs().noise();
        int text = generation.network().inputs().sentence();
        List<float[]> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(EmbeddingNoise.of(captions.get(random.nextInt(captions.size())), noise, random.nextLong()));
        }
        NDArray z = generation
                .temporary()
                .create(CounterNoise.normal(random.nextLong(), 0, count * latent), new Shape(count, latent));
        NDArray s = generation.temporary().create(InputValues.sentences(asked, text, count), new Shape(count, text));
        NDArray generated = generation.network().generate(generation.weights(), GeneratorInputs.of(z, s));
        // Shifted, as the discriminator sees images: what is liked at one place only is a trick of pixels.
        NDArray values = reward.of(SHIFTS.apply(generated, random), reward.captions(generation.temporary(), asked));
        NDArray mean = values.mean(new int[] {1});
        NDArray spread = values.sub(mean.reshape(-1, 1))
                .square()
                .mean(new int[] {1})
                .add(EPSILON)
                .sqrt()
                .stopGradient();
        NDArray agreed = spread.lt((float) tuning.disagreement()).toType(DataType.FLOAT32, false);
        // Cross entropy with "liked": what is liked already is left alone.
        NDArray disliked = Activation.softPlus(mean.neg());
        return Layers.scale(disliked.mul(agreed).mean(), tuning.reward());
    }
}
