package dev.limner.training.evaluate;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.RPrecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How many images of a {@link SampleGrid} the dual encoder tells to be of their own caption, among all of the grid's.
 *
 * @param images one per caption
 * @param own whether an image's caption is its first choice
 * @param real how many real images there are of the grid's captions
 * @param realOwn how many of those choose their caption
 * @param heldOut how many of the captions name an image that was held out of training
 */
public record GridCheck(List<Pixels> images, List<Boolean> own, int real, int realOwn, int heldOut) {
    public GridCheck {
        images = List.copyOf(images);
        own = List.copyOf(own);
    }

    /** Images whose caption is their first choice. */
    public int right() {
        return (int) own.stream().filter(chosen -> chosen).count();
    }

    /**
     * @param images the grid as generated
     * @param encoder the judges' text encoder
     */
    public static GridCheck of(
            SampleGrid grid, List<Pixels> images, DataSet data, FeatureExtractors extractors, TextEncoder encoder) {
        float[][] captions = extractors.textVectors(grid.captions().stream()
                .map(caption -> encoder.encode(caption).embedding())
                .toList());
        int[] inOrder = IntStream.range(0, images.size()).toArray();
        boolean[] chosen = RPrecision.firstChoices(extractors.imageVectors(images), inOrder, captions);
        Map<String, CaptionedImage> byName = new HashMap<>();
        for (CaptionedImage image : data.images()) {
            image.captionsIn(extractors.description().language())
                    .forEach(caption -> byName.putIfAbsent(caption.toLowerCase(Locale.ROOT), image));
        }
        List<Pixels> real = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        int heldOut = 0;
        for (int i = 0; i < grid.captions().size(); i++) {
            CaptionedImage image = byName.get(grid.captions().get(i).toLowerCase(Locale.ROOT));
            if (image != null) {
                real.add(image.pixels());
                positions.add(i);
                heldOut += data.splitOf(image) == Split.TEST ? 1 : 0;
            }
        }
        boolean[] realChosen = real.isEmpty()
                ? new boolean[0]
                : RPrecision.firstChoices(
                        extractors.imageVectors(real),
                        positions.stream().mapToInt(Integer::intValue).toArray(),
                        captions);
        int realOwn = (int)
                IntStream.range(0, realChosen.length).filter(i -> realChosen[i]).count();
        return new GridCheck(
                images,
                IntStream.range(0, chosen.length).mapToObj(i -> chosen[i]).toList(),
                real.size(),
                realOwn,
                heldOut);
    }
}
