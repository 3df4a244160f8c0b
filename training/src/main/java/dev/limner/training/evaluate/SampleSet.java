package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One model's images for an {@link EvaluationPlan}.
 *
 * @param heldOut one for each held-out caption
 * @param variants one for each caption variant
 * @param repeated for each repeated caption its images
 * @param coloured for each caption that names a colour its images, by what the model has seen of it
 */
public record SampleSet(
        List<Pixels> heldOut,
        List<Pixels> variants,
        List<List<Pixels>> repeated,
        Map<Familiarity, List<List<Pixels>>> coloured) {

    /** What an image source generates. */
    public static SampleSet generated(EvaluationPlan plan, ImageSource imageSource) {
        Map<Familiarity, List<List<Pixels>>> coloured = new EnumMap<>(Familiarity.class);
        plan.coloured()
                .forEach((familiarity, subjects) -> coloured.put(
                        familiarity,
                        several(
                                subjects,
                                EvaluationPlan.COLOUR_DRAWS,
                                imageSource,
                                plan.seed() + familiarity.seedShift())));
        return new SampleSet(
                imageSource.generate(prompts(plan.heldOut(), plan.seed())),
                imageSource.generate(prompts(plan.variants(), plan.seed() + 1)),
                several(plan.repeated(), EvaluationPlan.REPEATS, imageSource, plan.seed() + 2),
                coloured);
    }

    /** The real images in the model's place: what the figures of a perfect model would be. */
    public static SampleSet real(EvaluationPlan plan) {
        Map<Familiarity, List<List<Pixels>>> coloured = new EnumMap<>(Familiarity.class);
        plan.coloured()
                .forEach((familiarity, subjects) -> coloured.put(
                        familiarity,
                        subjects.stream()
                                .map(subject -> List.of(subject.image().pixels()))
                                .toList()));
        return new SampleSet(pixels(plan.heldOut()), pixels(plan.variants()), List.of(), coloured);
    }

    private static List<Pixels> pixels(List<EvaluationPlan.Subject> subjects) {
        return subjects.stream().map(subject -> subject.image().pixels()).toList();
    }

    private static List<ImageSource.Prompt> prompts(List<EvaluationPlan.Subject> subjects, long seed) {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            prompts.add(new ImageSource.Prompt(
                    subject.caption(),
                    subject.embedding(),
                    seed * 1_000_003 + i,
                    subject.image().label(),
                    null));
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
