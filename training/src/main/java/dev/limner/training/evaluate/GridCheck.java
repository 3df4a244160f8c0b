package dev.limner.training.evaluate;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.RPrecision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many images of a {@link SampleGrid} the dual encoder tells to be of their own caption, among all of the grid's; those
 * of captions that training saw, of other wordings, and of held-out images apart.
 *
 * @param images one per caption
 * @param own whether an image's caption is its first choice
 * @param familiarity what training saw of each caption
 * @param groups the captions by that, those that there are
 */
public record GridCheck(
        List<Pixels> images, List<Boolean> own, List<Familiarity> familiarity, Map<Familiarity, Group> groups) {
    public GridCheck {
        images = List.copyOf(images);
        own = List.copyOf(own);
        familiarity = List.copyOf(familiarity);
    }

    /**
     * Captions of one kind.
     *
     * @param captions how many
     * @param right images whose caption is their first choice
     * @param real real images of these captions
     * @param realRight how many of those choose their caption
     */
    public record Group(int captions, int right, int real, int realRight) {
        private Group plus(Group other) {
            return new Group(
                    captions + other.captions, right + other.right, real + other.real, realRight + other.realRight);
        }
    }

    /** All captions. */
    public Group all() {
        return groups.values().stream().reduce(new Group(0, 0, 0, 0), Group::plus);
    }

    /**
     * @param images the grid as generated
     * @param encoder the judges' text encoder
     */
    public static GridCheck of(
            SampleGrid grid, List<Pixels> images, DataSet data, FeatureExtractors extractors, TextEncoder encoder) {
        String language = extractors.description().language();
        float[][] captions = extractors.textVectors(grid.captions().stream()
                .map(caption -> encoder.encode(caption).embedding())
                .toList());
        int[] inOrder = IntStream.range(0, images.size()).toArray();
        boolean[] chosen = RPrecision.firstChoices(extractors.imageVectors(images), inOrder, captions);
        Map<String, CaptionedImage> byName = new HashMap<>();
        for (CaptionedImage image : data.images()) {
            image.captionsIn(language).forEach(caption -> byName.putIfAbsent(lower(caption), image));
        }
        List<Pixels> real = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        List<Familiarity> familiarity = new ArrayList<>();
        for (int i = 0; i < grid.captions().size(); i++) {
            String caption = lower(grid.captions().get(i));
            CaptionedImage image = byName.get(caption);
            familiarity.add(of(image, caption, data, language));
            if (image != null) {
                real.add(image.pixels());
                positions.add(i);
            }
        }
        boolean[] realChosen = new boolean[images.size()];
        if (!real.isEmpty()) {
            boolean[] found = RPrecision.firstChoices(
                    extractors.imageVectors(real),
                    positions.stream().mapToInt(Integer::intValue).toArray(),
                    captions);
            for (int i = 0; i < found.length; i++) {
                realChosen[positions.get(i)] = found[i];
            }
        }
        Map<Familiarity, Group> groups = new EnumMap<>(Familiarity.class);
        for (int i = 0; i < images.size(); i++) {
            int isReal = familiarity.get(i) == Familiarity.ELSEWHERE ? 0 : 1;
            groups.merge(
                    familiarity.get(i), new Group(1, chosen[i] ? 1 : 0, isReal, realChosen[i] ? 1 : 0), Group::plus);
        }
        return new GridCheck(
                images,
                IntStream.range(0, chosen.length).mapToObj(i -> chosen[i]).toList(),
                familiarity,
                groups);
    }

    private static Familiarity of(@Nullable CaptionedImage image, String caption, DataSet data, String language) {
        if (image == null) {
            return Familiarity.ELSEWHERE;
        }
        if (data.splitOf(image) != Split.TRAIN) {
            return Familiarity.HELD_OUT;
        }
        return image.trainingCaptions(language).stream()
                        .anyMatch(seen -> lower(seen).equals(caption))
                ? Familiarity.TRAINED
                : Familiarity.UNSEEN_WORDING;
    }

    private static String lower(String caption) {
        return caption.toLowerCase(Locale.ROOT);
    }
}
