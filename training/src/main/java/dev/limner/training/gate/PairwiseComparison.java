package dev.limner.training.gate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.evaluate.ImageSource;
import java.util.List;

/** What a candidate should be better at: the same prompts for both, and a winner for each. */
public interface PairwiseComparison {
    /** What is won, in one word. */
    String name();

    /** What both generate; none of it was generated while tuning. */
    List<ImageSource.Prompt> prompts();

    /**
     * Who won.
     *
     * @return for each prompt 1 if the candidate's image is better, 0 if the incumbent's is, 0.5 if neither
     */
    double[] wins(List<Pixels> candidate, List<Pixels> incumbent);
}
