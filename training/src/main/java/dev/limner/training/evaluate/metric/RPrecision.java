package dev.limner.training.evaluate.metric;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Does an image show its caption (Xu et al. 2018): among the caption and 99 others that say something else, the share of
 * images whose nearest one, by a dual encoder, is their own.
 */
public final class RPrecision {
    /** Captions an image chooses from. */
    public static final int CANDIDATES = 100;

    /** Above this similarity of sentence embeddings two captions say the same, and neither is wrong for the other. */
    private static final double SAME = 0.85;

    private RPrecision() {}

    /**
     * A caption to choose.
     *
     * @param embedding the sentence embedding, L2-normalised
     * @param vector where the dual encoder puts it, L2-normalised
     * @param label the image's class, empty without one; captions of one class say the same
     */
    public record Caption(float[] embedding, float[] vector, String label) {
        boolean saysTheSame(Caption other) {
            return (!label.isEmpty() && label.equals(other.label))
                    || VectorMath.product(embedding, other.embedding) >= SAME;
        }
    }

    /**
     * @param images where the dual encoder puts the images, L2-normalised
     * @param captions theirs, in the same order; the others' captions are what each must be told from
     * @return one value an image: 1 if it chose its own caption
     */
    public static double[] hits(float[][] images, List<Caption> captions, long seed) {
        return IntStream.range(0, images.length)
                .parallel()
                .mapToDouble(i -> {
                    Caption own = captions.get(i);
                    double score = VectorMath.product(images[i], own.vector());
                    return others(captions, own, seed + i).stream()
                                    .allMatch(other -> VectorMath.product(images[i], other.vector()) < score)
                            ? 1
                            : 0;
                })
                .toArray();
    }

    private static List<Caption> others(List<Caption> captions, Caption own, long seed) {
        List<Caption> shuffled = new ArrayList<>(captions);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.stream()
                .filter(other -> !own.saysTheSame(other))
                .limit(CANDIDATES - 1)
                .toList();
    }

    /**
     * Among a handful of captions, which images choose their own.
     *
     * @param own for each image the position of its caption
     * @param vectors where the dual encoder puts the captions
     */
    public static boolean[] firstChoices(float[][] images, int[] own, float[][] vectors) {
        boolean[] chosen = new boolean[images.length];
        for (int i = 0; i < chosen.length; i++) {
            float[] image = images[i];
            int mine = own[i];
            double score = VectorMath.product(image, vectors[mine]);
            chosen[i] = IntStream.range(0, vectors.length)
                    .allMatch(j -> j == mine || VectorMath.product(image, vectors[j]) < score);
        }
        return chosen;
    }
}
