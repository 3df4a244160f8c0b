package dev.limner.training.gate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.reward.RewardEnsemble;
import java.util.List;

/**
 * Who generates what people like more, by a reward that learned from opinions the tuner was not told of.
 *
 * @param reward stays the caller's
 */
public record RewardComparison(RewardEnsemble reward, List<ImageSource.Prompt> prompts) implements PairwiseComparison {
    public RewardComparison {
        prompts = List.copyOf(prompts);
    }

    @Override
    public String name() {
        return "winRate";
    }

    @Override
    public double[] wins(List<Pixels> candidate, List<Pixels> incumbent) {
        List<float[]> captions =
                prompts.stream().map(ImageSource.Prompt::embedding).toList();
        double[] mine = reward.of(candidate, captions);
        double[] other = reward.of(incumbent, captions);
        double[] wins = new double[mine.length];
        for (int i = 0; i < wins.length; i++) {
            wins[i] = mine[i] > other[i] ? 1 : mine[i] < other[i] ? 0 : 0.5;
        }
        return wins;
    }
}
