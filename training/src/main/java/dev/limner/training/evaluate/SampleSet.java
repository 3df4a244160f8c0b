package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One model's images for an {@link EvaluationPlan}.
 *
 * @param asSet compared as a set with the held-out images
 * @param heldOut one for each held-out caption
 * @param variants one for each caption variant
 * @param repeated for each repeated caption its images
 * @param coloured for each caption that names a colour its images
 */
public record SampleSet(
        List<Pixels> asSet,
        List<Pixels> heldOut,
        List<Pixels> variants,
        List<List<Pixels>> repeated,
        List<List<Pixels>> coloured) {

    /** What an image source generates. */
    public static SampleSet generated(EvaluationPlan plan, ImageSource imageSource) {
        List<Pixels> heldOut = imageSource.generate(prompts(plan.heldOut(), plan.seed()));
        return new SampleSet(
                heldOut,
                heldOut,
                imageSource.generate(prompts(plan.variants(), plan.seed() + 1)),
                several(plan.repeated(), EvaluationPlan.REPEATS, imageSource, plan.seed() + 2),
                several(plan.coloured(), EvaluationPlan.COLOUR_DRAWS, imageSource, plan.seed() + 3));
    }

    /** The real images in the model's place: what the figures of a perfect model would be. */
    public static SampleSet real(EvaluationPlan plan) {
        return new SampleSet(
                pixels(plan.reference()),
                pixels(plan.heldOut()),
                pixels(plan.variants()),
                List.of(),
                plan.coloured().stream()
                        .map(subject -> List.of(subject.image().pixels()))
                        .toList());
    }

    private static List<Pixels> pixels(List<EvaluationPlan.Subject> subjects) {
        return subjects.stream().map(subject -> subject.image().pixels()).toList();
    }

    private static List<ImageSource.Prompt> prompts(List<EvaluationPlan.Subject> subjects, long seed) {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            prompts.add(new ImageSource.Prompt(subject.caption(), subject.embedding(), seed * 1_000_003 + i));
        }
        return prompts;
    }

    private static List<List<Pixels>> several(
            List<EvaluationPlan.Subject> subjects, int times, ImageSource imageSource, long seed) {
        List<EvaluationPlan.Subject> repeated = subjects.stream()
                .flatMap(subject -> Collections.nCopies(times, subject).stream())
                .toList();
        List<Pixels> flat = imageSource.generate(prompts(repeated, seed));
        List<List<Pixels>> grouped = new ArrayList<>();
        for (int from = 0; from < flat.size(); from += times) {
            grouped.add(flat.subList(from, from + times));
        }
        return grouped;
    }
}
