package dev.limner.training.gate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.List;

/**
 * Whose images are more easily told to be what people showed: how many other real images are nearer to the generated one
 * than the one that was shown. In the features of a network that has learned nothing: what is shown may be of a kind that
 * the judges have never seen, and they take it for something they know. A rank, not a distance: what moves all
 * images alike, as a little more colour does, moves them towards the others as well.
 *
 * @param extractors stay the caller's
 * @param examples one a prompt
 * @param others real images of other things, and the examples: it is also asked which of them it is
 */
public record ExampleComparison(
        FeatureExtractors extractors, List<ImageSource.Prompt> prompts, List<Pixels> examples, List<Pixels> others)
        implements PairwiseComparison {
    public ExampleComparison {
        prompts = List.copyOf(prompts);
        examples = List.copyOf(examples);
        others = List.copyOf(others);
    }

    @Override
    public String name() {
        return "nearerToExamples";
    }

    @Override
    public double[] wins(List<Pixels> candidate, List<Pixels> incumbent) {
        float[][] wanted = extractors.randomFeatures(examples);
        float[][] unwanted = extractors.randomFeatures(others);
        float[][] mine = extractors.randomFeatures(candidate);
        float[][] other = extractors.randomFeatures(incumbent);
        double[] wins = new double[wanted.length];
        for (int i = 0; i < wins.length; i++) {
            int behind = nearer(unwanted, mine[i], wanted[i]);
            int before = nearer(unwanted, other[i], wanted[i]);
            wins[i] = behind < before ? 1 : behind > before ? 0 : 0.5;
        }
        return wins;
    }

    /** How many images are nearer to a generated one than the one that was wanted. */
    private static int nearer(float[][] images, float[] generated, float[] wanted) {
        double limit = VectorMath.squaredDistance(wanted, generated);
        int count = 0;
        for (float[] image : images) {
            count += VectorMath.squaredDistance(image, generated) < limit ? 1 : 0;
        }
        return count;
    }
}
