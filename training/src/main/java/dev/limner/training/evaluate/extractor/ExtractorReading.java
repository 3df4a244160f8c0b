package dev.limner.training.evaluate.extractor;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.metric.RPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well judges read real images.
 *
 * @param images how many; none if 0, and the other figures say nothing then
 * @param accuracy how many are taken for what they are, by the classes of their plainest captions
 * @param retrieval how many choose their plainest caption among a hundred, or among all there are
 */
public record ExtractorReading(int images, double accuracy, double retrieval) {
    private static final int MOST = 1000;
    private static final double DIGITS = 1e4;
    private static final double LEAST_OF_CHANCE = 5;
    private static final double LEAST_RETRIEVAL = 0.5;

    /**
     * Reads images; of many every second, third and so on, so that they take seconds.
     *
     * @param images with captions in the judges' language
     * @param encoder the judges'
     */
    public static ExtractorReading of(FeatureExtractors judges, List<CaptionedImage> images, TextEncoder encoder) {
        if (images.isEmpty()) {
            return new ExtractorReading(0, 0, 0);
        }
        int every = Math.ceilDiv(images.size(), MOST);
        List<CaptionedImage> some = new ArrayList<>();
        for (int i = 0; i < images.size(); i += every) {
            some.add(images.get(i));
        }
        String language = judges.description().language();
        List<Pixels> pixels = some.stream().map(CaptionedImage::pixels).toList();
        List<float[]> embeddings = some.stream()
                .map(image -> encoder.encode(image.captionsIn(language).get(0)).embedding())
                .toList();
        int[] seen = judges.classify(pixels);
        float[][] vectors = judges.textVectors(embeddings);
        List<RPrecision.Caption> captions = new ArrayList<>();
        double right = 0;
        for (int i = 0; i < seen.length; i++) {
            CaptionedImage image = some.get(i);
            right += seen[i] == judges.classOf(image, embeddings.get(i)) ? 1 : 0;
            String label = image.label();
            captions.add(new RPrecision.Caption(embeddings.get(i), vectors[i], label == null ? "" : label));
        }
        double found = 0;
        for (double hit : RPrecision.hits(judges.imageVectors(pixels), captions)) {
            found += hit;
        }
        return new ExtractorReading(some.size(), rounded(right / seen.length), rounded(found / seen.length));
    }

    /**
     * Whether it is more than guessing, so that figures of generated images can differ: five times as many captions found
     * as by chance.
     */
    @JsonIgnore
    public boolean isReadable() {
        double chance = 1.0 / Math.clamp(images, 1, RPrecision.CANDIDATES);
        return images > 0 && retrieval >= Math.min(LEAST_RETRIEVAL, LEAST_OF_CHANCE * chance);
    }

    private static double rounded(double share) {
        return Math.round(share * DIGITS) / DIGITS;
    }

    /** For people. */
    public String text() {
        return images == 0
                ? "no images"
                : String.format(
                        Locale.ROOT,
                        "class of %.0f %%, caption of %.0f %% of %d images",
                        100 * accuracy,
                        100 * retrieval,
                        images);
    }
}
