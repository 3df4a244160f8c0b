package dev.limner.trainer.loop;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.text.TextEncoder;
import dev.limner.trainer.data.CaptionedImage;
import dev.limner.trainer.data.DataException;
import dev.limner.trainer.data.DataSet;
import dev.limner.trainer.data.Split;
import dev.limner.trainer.eval.metric.Vectors;
import dev.limner.trainer.recipe.Recipe;
import dev.limner.trainer.tune.Batch;
import dev.limner.trainer.tune.Disturbance;
import dev.limner.trainer.tune.StepRandom;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Draws batches from the training split: which pictures, which of their captions, disturbed how. A function of the seed
 * and the batch's number. Each distinct caption is encoded once, up front; held-out captions never.
 */
final class BatchSampler {
    private static final int TRIES = 8;
    private static final double NEARLY_EQUAL = 0.85;
    private static final float HALF_RANGE = 127.5f;

    private final Recipe recipe;
    private final int side;
    private final List<Pixels> pictures;
    private final List<List<float[]>> embeddings;

    BatchSampler(Recipe recipe, DataSet data, TextEncoder encoder) {
        this.recipe = recipe;
        this.side = data.side();
        List<CaptionedImage> images = data.images(Split.TRAIN, recipe.language());
        if (images.size() < recipe.batch()) {
            throw new DataException("the data set " + data.name() + " has " + images.size()
                    + " training pictures with captions in '" + recipe.language() + "', a batch takes "
                    + recipe.batch());
        }
        if (encoder.dimensions() != recipe.generator().text()) {
            throw new DataException("generator.text is " + recipe.generator().text() + ", the encoder " + encoder.id()
                    + " of '" + recipe.language() + "' gives " + encoder.dimensions());
        }
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
    }

    int pictures() {
        return pictures.size();
    }

    Batch sample(long number) {
        SplittableRandom random = StepRandom.of(recipe.seed(), number, StepRandom.Use.BATCH);
        int size = recipe.batch();
        int stride = 3 * side * side;
        float[] values = new float[size * stride];
        float[][] sentences = new float[size][];
        for (int i = 0; i < size; i++) {
            int picture = random.nextInt(pictures.size());
            copy(pictures.get(picture).rgb(), values, i * stride);
            List<float[]> mine = embeddings.get(picture);
            // The plainest caption comes first in a data set and is asked for most.
            int caption = random.nextBoolean() ? 0 : random.nextInt(mine.size());
            sentences[i] = Disturbance.of(mine.get(caption), recipe.text().noise(), random.nextLong());
        }
        return new Batch(size, values, scaled(sentences), scaled(strangers(sentences, random)));
    }

    /** Interleaved bytes to planes of [-1, 1]. */
    private static void copy(byte[] rgb, float[] values, int offset) {
        int area = rgb.length / 3;
        for (int pixel = 0; pixel < area; pixel++) {
            for (int channel = 0; channel < 3; channel++) {
                values[offset + channel * area + pixel] = (rgb[3 * pixel + channel] & 0xFF) / HALF_RANGE - 1;
            }
        }
    }

    private static float[] scaled(float[][] rows) {
        int length = rows[0].length;
        float scale = (float) Math.sqrt(length);
        float[] values = new float[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < length; j++) {
                values[i * length + j] = rows[i][j] * scale;
            }
        }
        return values;
    }

    /** A mismatched caption must not be nearly the same as the right one, or the loss contradicts itself. */
    private static float[][] strangers(float[][] sentences, SplittableRandom random) {
        float[][] strangers = new float[sentences.length][];
        for (int i = 0; i < sentences.length; i++) {
            int other = i;
            for (int attempt = 0; attempt < TRIES; attempt++) {
                other = (i + 1 + random.nextInt(sentences.length - 1)) % sentences.length;
                if (Vectors.product(sentences[i], sentences[other]) < NEARLY_EQUAL) {
                    break;
                }
            }
            strangers[i] = sentences[other];
        }
        return strangers;
    }
}
