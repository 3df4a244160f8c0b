package dev.limner.training.reward;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.protocol.Opinion;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Opinions as numbers, in the order they were given.
 *
 * @param marks images with how much they were liked
 * @param pairs images with the one they were preferred to
 * @param raters how many different ones there are
 */
record PreferenceData(List<RatedExample> marks, List<Pair> pairs, int raters) {
    /** So that a caption counts for as much as an image does. */
    private static final float CAPTION_SCALE = 8;

    PreferenceData {
        marks = List.copyOf(marks);
        pairs = List.copyOf(pairs);
    }

    /**
     * One image.
     *
     * @param input what the reward sees
     * @param liked from 0 to 1
     * @param rater by number
     * @param order of all opinions, from 0
     */
    record RatedExample(float[] input, double liked, int rater, int order) {}

    /** Two images of one caption, the better one first. */
    record Pair(float[] better, float[] worse, int order) {}

    /** How many opinions. */
    int size() {
        return marks.size() + pairs.size();
    }

    /** Whether there is something of what is liked in an entry; examples are learned from in another way. */
    static boolean isIn(FeedbackEntry entry) {
        return (entry.feedback().opinion() != null || correction(entry).isPresent())
                && isSeen(entry.image())
                && (entry.over() == null || isSeen(entry.over()));
    }

    private static boolean isSeen(GeneratedImage image) {
        return image.features().length > 0;
    }

    /** What an image really shows; beside an example the caption says what the example shows. */
    private static Optional<String> correction(FeedbackEntry entry) {
        return Optional.ofNullable(
                entry.feedback().example() == null ? entry.feedback().caption() : null);
    }

    /**
     * The opinions of a buffer, without those that say nothing of how much an image is liked. A correction says that the
     * image is a good one of another caption and, if nothing else is said of it, a bad one of its own.
     */
    static PreferenceData of(List<FeedbackEntry> entries, RewardFeatures eyes, TextEncoder encoder) {
        List<String> captions = entries.stream()
                .flatMap(entry -> Stream.concat(Stream.of(entry.image().caption()), correction(entry).stream()))
                .distinct()
                .toList();
        Map<String, float[]> seen = new HashMap<>();
        if (!captions.isEmpty()) {
            float[][] vectors = eyes.captions(captions.stream()
                    .map(caption -> encoder.encode(caption).embedding())
                    .toList());
            for (int i = 0; i < vectors.length; i++) {
                seen.put(captions.get(i), vectors[i]);
            }
        }
        Map<String, Integer> raters = new HashMap<>();
        List<RatedExample> marks = new ArrayList<>();
        List<Pair> pairs = new ArrayList<>();
        for (FeedbackEntry entry : entries) {
            if (!isIn(entry)) {
                continue;
            }
            String caption = entry.image().caption();
            float[] input = input(entry.image(), seen.getOrDefault(caption, new float[0]));
            int order = marks.size() + pairs.size();
            int rater = raters.computeIfAbsent(entry.rater(), unused -> raters.size());
            switch (entry.feedback().opinion()) {
                case null -> marks.add(new RatedExample(input, 0, rater, order));
                case Opinion.Verdict(boolean liked) -> marks.add(new RatedExample(input, liked ? 1 : 0, rater, order));
                case Opinion.Score(int value) ->
                    marks.add(new RatedExample(
                            input,
                            (value - Opinion.Score.LEAST) / (double) (Opinion.Score.MOST - Opinion.Score.LEAST),
                            rater,
                            order));
                case Opinion.Preference preference -> {
                    GeneratedImage over = entry.over();
                    if (over != null) {
                        pairs.add(new Pair(input, input(over, seen.getOrDefault(caption, new float[0])), order));
                    }
                }
            }
            // What is for the tuner must not reach the gate by way of a correction, nor the other way round.
            correction(entry)
                    .filter(shows -> RewardEnsemble.From.of(shows) == RewardEnsemble.From.of(caption))
                    .ifPresent(shows -> marks.add(new RatedExample(
                            input(entry.image(), seen.getOrDefault(shows, new float[0])),
                            1,
                            rater,
                            marks.size() + pairs.size())));
        }
        return new PreferenceData(marks, pairs, raters.size());
    }

    private static float[] input(GeneratedImage image, float[] caption) {
        float[] features = image.features();
        float[] input = Arrays.copyOf(features, features.length + caption.length);
        System.arraycopy(scaled(caption), 0, input, features.length, caption.length);
        return input;
    }

    /** What the reward sees of a caption beside an image of it. */
    static float[] scaled(float[] caption) {
        float[] scaled = caption.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= CAPTION_SCALE;
        }
        return scaled;
    }

    /** The opinions given in a part of the time, from 0 for the first to 1 behind the last. */
    PreferenceData between(double from, double to) {
        double first = from * size();
        double last = to * size();
        return new PreferenceData(
                marks.stream()
                        .filter(mark -> mark.order() >= first && mark.order() < last)
                        .toList(),
                pairs.stream()
                        .filter(pair -> pair.order() >= first && pair.order() < last)
                        .toList(),
                raters);
    }
}
