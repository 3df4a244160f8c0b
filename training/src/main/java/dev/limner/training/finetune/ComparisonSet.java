package dev.limner.training.finetune;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.gate.ExampleComparison;
import dev.limner.training.gate.GatePage;
import dev.limner.training.gate.PairwiseComparison;
import dev.limner.training.gate.QualityGate;
import dev.limner.training.gate.RewardComparison;
import dev.limner.training.reward.RewardEnsemble;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a candidate and its parent are asked to generate when they are held against each other: captions that no tuning generates,
 * with the same noise for both in every round.
 */
record ComparisonSet(FineTuningData material) {
    private static final int DRAWS = QualityGate.DRAWS;
    private static final int SHOWN = 48;
    private static final long SEED_OF_CAPTIONS = 7919;
    private static final long SEED_OF_EXAMPLES = 7907;

    /** Who generates images for held-out captions more to people's liking. */
    PairwiseComparison liked(RewardEnsemble reward) {
        return new RewardComparison(reward, heldOut());
    }

    /** Whose images of what people showed, and the tuning was not shown, are more easily told to be that. */
    PairwiseComparison shown(List<CaptionedImage> kept) {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        List<Pixels> images = new ArrayList<>();
        for (int generate = 0; generate < DRAWS; generate++) {
            for (CaptionedImage example : kept) {
                String caption = example.captionsIn(material.language()).get(0);
                prompts.add(new ImageSource.Prompt(
                        caption,
                        material.encoder().encode(caption).embedding(),
                        material.plan().seed() * SEED_OF_EXAMPLES + prompts.size()));
                images.add(example.pixels());
            }
        }
        List<Pixels> others = Stream.concat(
                        material.plan().heldOut().stream().map(EvaluationPlan.Subject::image), kept.stream())
                .map(CaptionedImage::pixels)
                .toList();
        return new ExampleComparison(material.extractors(), prompts, images, others);
    }

    /** Both models' images of the first held-out captions. */
    List<GatePage.Side> sides(Renderer before, Renderer after) {
        List<ImageSource.Prompt> prompts = heldOut();
        List<ImageSource.Prompt> some = prompts.subList(0, Math.min(SHOWN, prompts.size()));
        List<Pixels> old = ImageSource.of(before).generate(some);
        List<Pixels> tuned = ImageSource.of(after).generate(some);
        List<GatePage.Side> sides = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            sides.add(new GatePage.Side(some.get(i).caption(), old.get(i), tuned.get(i)));
        }
        return sides;
    }

    private List<ImageSource.Prompt> heldOut() {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (int generate = 0; generate < DRAWS; generate++) {
            for (EvaluationPlan.Subject subject : material.plan().heldOut()) {
                prompts.add(new ImageSource.Prompt(
                        subject.caption(),
                        subject.embedding(),
                        material.plan().seed() * SEED_OF_CAPTIONS + prompts.size()));
            }
        }
        return prompts;
    }
}
