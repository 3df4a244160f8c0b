package dev.limner.trainer.loop;

import dev.limner.generator.noise.CounterNoise;
import dev.limner.generator.text.TextEncoder;
import dev.limner.trainer.data.CaptionedImage;
import dev.limner.trainer.data.DataException;
import dev.limner.trainer.data.DataSet;
import dev.limner.trainer.recipe.Recipe;
import dev.limner.trainer.tune.Batch;
import dev.limner.trainer.tune.StepRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws the batch of a step: which pictures, which of their captions, disturbed how. A function of the seed and the
 * step's number. Captions are encoded once, up front.
 */
final class BatchSampler {
    private static final int TRIES = 8;
    private static final double NEARLY_EQUAL = 0.85;

    private final Recipe recipe;
    private final int side;
    private final List<byte[]> pictures = new ArrayList<>();
    private final List<List<float[]>> embeddings;

    BatchSampler(Recipe recipe, DataSet data, TextEncoder encoder) {
        this.recipe = recipe;
        this.side = data.side();
        List<List<String>> captions = new ArrayList<>();
        for (CaptionedImage image : data.images()) {
            List<String> mine = image.captionsIn(recipe.language());
            if (!mine.isEmpty()) {
                pictures.add(planar(image.pixels().rgb()));
                captions.add(mine);
            }
        }
        if (pictures.size() < recipe.batch()) {
            throw new DataException("the data set " + data.name() + " has " + pictures.size()
                    + " pictures with captions" + " in '" + recipe.language() + "', a batch takes " + recipe.batch());
        }
        this.embeddings = captions.parallelStream()
                .map(mine -> mine.stream()
                        .map(caption -> encoder.encode(caption).embedding())
                        .toList())
                .toList();
    }

    int pictures() {
        return pictures.size();
    }

    private static byte[] planar(byte[] rgb) {
        byte[] planar = new byte[rgb.length];
        int area = rgb.length / 3;
        for (int pixel = 0; pixel < area; pixel++) {
            for (int channel = 0; channel < 3; channel++) {
                planar[channel * area + pixel] = rgb[3 * pixel + channel];
            }
        }
        return planar;
    }

    Batch sample(long step) {
        SplittableRandom random = StepRandom.of(recipe.seed(), step, StepRandom.Use.BATCH);
        int size = recipe.batch();
        int stride = 3 * side * side;
        float[] values = new float[size * stride];
        float[][] sentences = new float[size][];
        for (int i = 0; i < size; i++) {
            int picture = random.nextInt(pictures.size());
            byte[] bytes = pictures.get(picture);
            for (int j = 0; j < stride; j++) {
                values[i * stride + j] = (bytes[j] & 0xFF) / 127.5f - 1;
            }
            List<float[]> mine = embeddings.get(picture);
            // The plainest caption comes first in a data set and is asked for most.
            int caption = random.nextBoolean() ? 0 : random.nextInt(mine.size());
            sentences[i] = disturb(mine.get(caption), random.nextLong());
        }
        return new Batch(size, values, flatten(sentences), strangers(sentences, random));
    }

    private float[] disturb(float[] embedding, long seed) {
        int length = embedding.length;
        float[] direction = CounterNoise.normal(seed, 0, length);
        double norm = norm(direction);
        float share = (float) recipe.text().noise();
        float[] mixed = new float[length];
        for (int i = 0; i < length; i++) {
            mixed[i] = (float) ((1 - share) * embedding[i] + share * direction[i] / norm);
        }
        double scale = Math.sqrt(length) / norm(mixed);
        for (int i = 0; i < length; i++) {
            mixed[i] *= (float) scale;
        }
        return mixed;
    }

    private static double norm(float[] vector) {
        return Math.sqrt(IntStream.range(0, vector.length)
                .mapToDouble(i -> (double) vector[i] * vector[i])
                .sum());
    }

    private static float[] flatten(float[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * rows[i].length, rows[i].length);
        }
        return values;
    }

    /** A mismatched caption must not be nearly the same as the right one, or the loss contradicts itself. */
    private static int[] strangers(float[][] sentences, SplittableRandom random) {
        int[] strangers = new int[sentences.length];
        for (int i = 0; i < sentences.length; i++) {
            int other = i;
            for (int attempt = 0; attempt < TRIES; attempt++) {
                other = (i + 1 + random.nextInt(sentences.length - 1)) % sentences.length;
                if (similarity(sentences[i], sentences[other]) < NEARLY_EQUAL) {
                    break;
                }
            }
            strangers[i] = other;
        }
        return strangers;
    }

    private static double similarity(float[] a, float[] b) {
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
        }
        return product / a.length;
    }
}
