package dev.limner.training.evaluate;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.metric.NamedColour;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * What is generated and what it is compared with: a function of data set, language and seed, the same for every model.
 *
 * @param heldOut images no model has seen, and the caption each is asked for with
 * @param variants training images, asked for with a caption that training did not see
 * @param repeated captions to be generated several times over
 * @param coloured images whose plainest caption names one colour, which they have: of "a man with red hair" the colour
 *     of the foreground says nothing
 * @param reference as many training images as there are held-out ones: what a perfect model would look like
 * @param train all training images
 * @param seed of noise, subsets and resamples
 */
public record EvaluationPlan(
        List<Subject> heldOut,
        List<Subject> variants,
        List<Subject> repeated,
        List<Subject> coloured,
        List<Subject> reference,
        List<CaptionedImage> train,
        long seed) {
    /** Images a repeated caption is generated as. */
    public static final int REPEATS = 16;

    /** Noise seeds a caption that names a colour is generated with. */
    public static final int COLOUR_DRAWS = 4;

    /** Held-out images without which nothing can be said. */
    public static final int FEWEST = 12;

    private static final int MOST_VARIANTS = 1000;
    private static final int VARIANTS_PER_IMAGE = 3;
    private static final int MOST_REPEATED = 32;

    /**
     * An image and a caption to ask for it with.
     *
     * @param image the real image
     * @param caption what is asked for
     * @param embedding the caption's
     * @param plainest embedding of the image's plainest caption, by which its class is told
     */
    public record Subject(CaptionedImage image, String caption, float[] embedding, float[] plainest) {}

    /**
     * @param encoder one that caches
     * @param most how many held-out images at most; with few, other parts of the plan are small, too
     * @throws DataException if there are too few held-out images
     */
    public static EvaluationPlan of(DataSet data, String language, TextEncoder encoder, int most, long seed) {
        List<CaptionedImage> test = data.images(Split.TEST, language);
        List<CaptionedImage> train = data.images(Split.TRAIN, language);
        int count = Math.min(most, Math.min(test.size(), train.size()));
        if (count < FEWEST) {
            throw new DataException("the data set " + data.name() + " has " + train.size() + " training and "
                    + test.size() + " held-out images with captions in '" + language
                    + "', evaluation needs at least " + FEWEST + " of each");
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<Subject> heldOut = pick(test, count, random).stream()
                .map(image -> subject(image, any(image.captionsIn(language), random), language, encoder))
                .toList();
        List<CaptionedImage> varied = train.stream()
                .filter(image -> image.heldOutCaption(language).isPresent())
                .toList();
        List<Subject> variants =
                pick(varied, Math.min(Math.min(MOST_VARIANTS, VARIANTS_PER_IMAGE * most), varied.size()), random)
                        .stream()
                        .map(image ->
                                subject(image, image.heldOutCaption(language).orElseThrow(), language, encoder))
                        .toList();
        List<Subject> repeated = heldOut.subList(0, Math.min(MOST_REPEATED, heldOut.size()));
        List<Subject> coloured = new ArrayList<>();
        for (CaptionedImage image : data.images()) {
            List<String> captions = image.captionsIn(language);
            if (!captions.isEmpty()
                    && NamedColour.namedIn(captions.get(0), language)
                            .filter(colour -> colour.dominates(image.pixels()))
                            .isPresent()) {
                coloured.add(subject(image, captions.get(0), language, encoder));
            }
        }
        List<Subject> reference = pick(train, count, random).stream()
                .map(image -> subject(image, any(image.captionsIn(language), random), language, encoder))
                .toList();
        return new EvaluationPlan(heldOut, variants, repeated, coloured, reference, train, seed);
    }

    /** The same with other noise. */
    public EvaluationPlan withSeed(long other) {
        return new EvaluationPlan(heldOut, variants, repeated, coloured, reference, train, other);
    }

    /**
     * The same without asking for variants of the captions of images that the judges learned from: of those they know the
     * answer. As it was, if that leaves none.
     */
    public EvaluationPlan without(Predicate<CaptionedImage> seen) {
        List<Subject> unseen =
                variants.stream().filter(subject -> !seen.test(subject.image())).toList();
        return new EvaluationPlan(
                heldOut, unseen.isEmpty() ? variants : unseen, repeated, coloured, reference, train, seed);
    }

    private static String any(List<String> captions, SplittableRandom random) {
        return captions.get(random.nextInt(captions.size()));
    }

    private static Subject subject(CaptionedImage image, String caption, String language, TextEncoder encoder) {
        return new Subject(
                image,
                caption,
                encoder.encode(caption).embedding(),
                encoder.encode(image.captionsIn(language).get(0)).embedding());
    }

    private static List<CaptionedImage> pick(List<CaptionedImage> images, int count, SplittableRandom random) {
        return Arrays.stream(VectorMath.sample(images.size(), count, random))
                .mapToObj(images::get)
                .toList();
    }
}
