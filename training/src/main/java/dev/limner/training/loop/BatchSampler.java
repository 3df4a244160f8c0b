package dev.limner.training.loop;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.InputValues;
import dev.limner.training.augment.EmbeddingNoise;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataException;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.step.TrainingBatch;
import dev.limner.training.tensor.StepRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Samples batches from the training split: which images, which of their captions, disturbed how. A function of the seed
 * and the batch's number, on whatever thread and in whatever order. Each distinct caption is encoded once, up front; held-out
 * captions never.
 */
public final class BatchSampler {
    private final Recipe recipe;
    private final double share;
    private final int ownImages;
    private final List<Pixels> pictures;
    private final List<List<float[]>> embeddings;
    private final MismatchedCaptions mismatched;

    public BatchSampler(Recipe recipe, DataSet data, TextEncoder encoder) {
        this(recipe, data, encoder, List.of(), 0);
    }

    /**
     * A sampler that mixes other images in.
     *
     * @param others with captions in the recipe's language
     * @param share of a batch that they make up on average, if there are any
     */
    public BatchSampler(Recipe recipe, DataSet data, TextEncoder encoder, List<CaptionedImage> others, double share) {
        this.recipe = recipe;
        this.share = share;
        List<CaptionedImage> own = data.images(Split.TRAIN, recipe.language());
        this.ownImages = own.size();
        List<CaptionedImage> images =
                Stream.concat(own.stream(), others.stream()).toList();
        require(recipe, data, encoder);
        this.pictures = images.stream().map(CaptionedImage::pixels).toList();
        List<List<String>> captions = images.stream()
                .map(image -> image.trainingCaptions(recipe.language()))
                .toList();
        Map<String, float[]> encoded = captions.stream().flatMap(List::stream).distinct().toList().parallelStream()
                .collect(Collectors.toConcurrentMap(
                        Function.identity(), caption -> encoder.encode(caption).embedding()));
        this.embeddings = captions.stream()
                .map(mine -> mine.stream().map(encoded::get).toList())
                .toList();
        this.mismatched = new MismatchedCaptions(IntStream.range(0, images.size())
                .mapToObj(i -> new MismatchedCaptions.Captioned(
                        images.get(i).subject(),
                        classOf(images.get(i)),
                        captions.get(i),
                        embeddings.get(i),
                        Set.copyOf(images.get(i).captionsIn(recipe.language()))))
                .toList());
    }

    /** What its captions say it is: a label that only says how it is drawn is none. */
    private static @Nullable String classOf(CaptionedImage image) {
        return Objects.equals(image.label(), image.style()) ? null : image.label();
    }

    /**
     * What can be said before anything is encoded.
     *
     * @throws DataException if the data set or the encoder does not go with the recipe
     */
    static void require(Recipe recipe, DataSet data, TextEncoder encoder) {
        int pictures = data.images(Split.TRAIN, recipe.language()).size();
        String has = "the data set " + data.name() + " has " + pictures + " training image" + (pictures == 1 ? "" : "s")
                + " with captions in '" + recipe.language() + "'";
        if (data.images().stream()
                .allMatch(image -> image.captionsIn(recipe.language()).isEmpty())) {
            throw new DataException(
                    has + ", the language of the recipe or of the model it is from; its captions are in "
                            + languages(data));
        }
        if (pictures < Recipe.LEAST_BATCH) {
            throw new DataException(has + " that are not held out, a training needs at least " + Recipe.LEAST_BATCH);
        }
        if (pictures < recipe.batch()) {
            throw new DataException(has + ", a batch takes " + recipe.batch() + ": write a batch of " + pictures
                    + " or less in the recipe");
        }
        if (encoder.dimensions() != recipe.generator().inputs().sentence()) {
            throw new DataException(
                    "generator.text is " + recipe.generator().inputs().sentence() + ", the encoder " + encoder.id()
                            + " of '" + recipe.language() + "' gives " + encoder.dimensions());
        }
    }

    private static String languages(DataSet data) {
        return data.images().stream()
                .flatMap(image -> image.captions().keySet().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    int images() {
        return pictures.size();
    }

    /** All that one step takes. */
    public List<TrainingBatch> batches(long step) {
        int count = recipe.batches();
        return LongStream.range(step * count, (step + 1) * count)
                .mapToObj(this::sample)
                .toList();
    }

    /** A batch by its number, over all steps. */
    public TrainingBatch sample(long number) {
        SplittableRandom random = StepRandom.of(recipe.seed(), number, StepRandom.Use.BATCH);
        int size = recipe.batch();
        List<Pixels> chosen = new ArrayList<>(size);
        int[] pictured = new int[size];
        int[] captioned = new int[size];
        float[][] sentences = new float[size][];
        float[] own = new float[size];
        for (int i = 0; i < size; i++) {
            int picture = pick(random);
            chosen.add(pictures.get(picture));
            own[i] = picture < ownImages ? 1 : 0;
            List<float[]> mine = embeddings.get(picture);
            // The plainest caption comes first in a data set and is asked for most.
            int caption = random.nextBoolean() ? 0 : random.nextInt(mine.size());
            pictured[i] = picture;
            captioned[i] = caption;
            sentences[i] = EmbeddingNoise.of(mine.get(caption), recipe.text().noise(), random.nextLong());
        }
        int[] others = mismatched.choose(pictured, captioned, random);
        List<float[]> wrong = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            wrong.add(sentences[others[i] == MismatchedCaptions.NONE ? i : others[i]]);
        }
        int length = sentences[0].length;
        return new TrainingBatch(
                size,
                InputValues.images(chosen),
                InputValues.sentences(List.of(sentences), length, size),
                InputValues.sentences(wrong, length, size),
                MismatchedCaptions.weights(others),
                own);
    }

    private int pick(SplittableRandom random) {
        int others = pictures.size() - ownImages;
        return others > 0 && random.nextDouble() < share
                ? ownImages + random.nextInt(others)
                : random.nextInt(ownImages);
    }
}
