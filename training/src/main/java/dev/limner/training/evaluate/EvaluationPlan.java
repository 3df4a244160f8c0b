package dev.limner.training.evaluate;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.metric.NamedColour;
import dev.limner.training.evaluate.metric.SampleUnits;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * What is generated and what it is compared with: a function of data set, language and seed, the same for every model.
 *
 * @param heldOut images no model has seen, and the caption each is asked for with
 * @param variants training images, asked for with a caption that training did not see
 * @param repeated captions to be generated several times over
 * @param coloured images whose caption names one colour, which they have: of "a man with red hair" the colour of the
 *     foreground says nothing; training images with their plainest caption and with one not seen, and held-out ones
 * @param recoloured captions of trained coloured ones with another colour's word
 * @param train all training images
 * @param seed of noise and resampling
 */
public record EvaluationPlan(
        List<Subject> heldOut,
        List<Subject> variants,
        List<Subject> repeated,
        Map<Familiarity, List<Subject>> coloured,
        List<Recoloured> recoloured,
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
    private static final int MOST_RECOLOURED = 60;

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
     * A caption that names another colour than the image's own caption.
     *
     * @param subject the image and the new caption
     * @param colour what it names now
     */
    public record Recoloured(Subject subject, NamedColour colour) {}

    /**
     * A plan over the images that figures are reported of.
     *
     * @param encoder one that caches
     * @param most how many held-out images at most; with few, other parts of the plan are small, too
     * @throws DataException if there are too few held-out images
     */
    public static EvaluationPlan of(DataSet data, String language, TextEncoder encoder, int most, long seed) {
        return new Planning(data, language, encoder, new SplittableRandom(seed))
                .over(data.images(Split.TEST, language), most, seed);
    }

    /**
     * A plan over the images that checkpoints and releases are chosen by: {@link DataSet#choosing}. What is reported is of
     * others, where the data set has others.
     *
     * @param encoder one that caches
     * @param most how many held-out images at most
     * @throws DataException if there are too few held-out images
     */
    public static EvaluationPlan choosing(DataSet data, String language, TextEncoder encoder, int most, long seed) {
        return new Planning(data, language, encoder, new SplittableRandom(seed))
                .over(data.choosing(language), most, seed);
    }

    /** The same with other noise. */
    public EvaluationPlan withSeed(long other) {
        return new EvaluationPlan(heldOut, variants, repeated, coloured, recoloured, train, other);
    }

    /**
     * The same without asking for variants of the captions of images that the judges learned from: of those they know the
     * answer. As it was, if that leaves none.
     */
    public EvaluationPlan without(Predicate<CaptionedImage> seen) {
        List<Subject> unseen =
                variants.stream().filter(subject -> !seen.test(subject.image())).toList();
        return new EvaluationPlan(
                heldOut, unseen.isEmpty() ? variants : unseen, repeated, coloured, recoloured, train, seed);
    }

    /** Which of the subjects were drawn together: the images of one thing. */
    static SampleUnits units(List<Subject> subjects) {
        return SampleUnits.of(
                subjects.stream().map(subject -> subject.image().subject()).toList());
    }

    private record Planning(DataSet data, String language, TextEncoder encoder, SplittableRandom random) {
        EvaluationPlan over(List<CaptionedImage> test, int most, long seed) {
            List<CaptionedImage> train = data.images(Split.TRAIN, language);
            int count = Math.min(most, Math.min(test.size(), train.size()));
            if (count < FEWEST) {
                throw new DataException("the data set " + data.name() + " has " + train.size() + " training and "
                        + test.size() + " held-out images with captions in '" + language
                        + "', evaluation needs at least " + FEWEST + " of each");
            }
            List<Subject> heldOut = pick(test, count).stream()
                    .map(image -> subject(image, any(image.captionsIn(language))))
                    .toList();
            List<CaptionedImage> varied = train.stream()
                    .filter(image -> image.heldOutCaption(language).isPresent())
                    .toList();
            List<Subject> variants =
                    pick(varied, Math.min(Math.min(MOST_VARIANTS, VARIANTS_PER_IMAGE * most), varied.size())).stream()
                            .map(image -> subject(
                                    image, image.heldOutCaption(language).orElseThrow()))
                            .toList();
            List<Subject> repeated = heldOut.subList(0, Math.min(MOST_REPEATED, heldOut.size()));
            Map<Familiarity, List<Subject>> coloured = new EnumMap<>(Familiarity.class);
            coloured.put(Familiarity.TRAINED, coloured(train, Familiarity.TRAINED));
            coloured.put(Familiarity.UNSEEN_WORDING, coloured(varied, Familiarity.UNSEEN_WORDING));
            coloured.put(Familiarity.HELD_OUT, coloured(test, Familiarity.HELD_OUT));
            return new EvaluationPlan(
                    heldOut,
                    variants,
                    repeated,
                    coloured,
                    recoloured(coloured.getOrDefault(Familiarity.TRAINED, List.of())),
                    train,
                    seed);
        }

        private List<Subject> coloured(List<CaptionedImage> images, Familiarity familiarity) {
            List<Subject> found = new ArrayList<>();
            for (CaptionedImage image : images) {
                Optional<String> caption = familiarity == Familiarity.UNSEEN_WORDING
                        ? image.heldOutCaption(language)
                        : image.captionsIn(language).stream().findFirst();
                caption.filter(text -> NamedColour.namedIn(text, language)
                                .filter(colour -> colour.dominates(image.pixels()))
                                .isPresent())
                        .ifPresent(text -> found.add(subject(image, text)));
            }
            return found;
        }

        private List<Recoloured> recoloured(List<Subject> subjects) {
            List<Recoloured> found = new ArrayList<>();
            for (Subject subject : pick(subjects, Math.min(MOST_RECOLOURED, subjects.size()))) {
                NamedColour named =
                        NamedColour.namedIn(subject.caption(), language).orElseThrow();
                List<NamedColour> others = NamedColour.hues().stream()
                        .filter(colour -> colour != named)
                        .toList();
                NamedColour other = others.get(random.nextInt(others.size()));
                NamedColour.renamed(subject.caption(), language, named, other)
                        .ifPresent(caption -> found.add(new Recoloured(subject(subject.image(), caption), other)));
            }
            return found;
        }

        private String any(List<String> captions) {
            return captions.get(random.nextInt(captions.size()));
        }

        private Subject subject(CaptionedImage image, String caption) {
            return new Subject(
                    image,
                    caption,
                    encoder.encode(caption).embedding(),
                    encoder.encode(image.captionsIn(language).get(0)).embedding());
        }

        private <T> List<T> pick(List<T> all, int count) {
            return Arrays.stream(VectorMath.sample(all.size(), count, random))
                    .mapToObj(all::get)
                    .toList();
        }
    }
}
