package dev.limner.training.evaluate.metric;

import java.util.Arrays;
import java.util.List;
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
     * The chance of each image to choose its own caption, over all sets of 99 others that there are.
     *
     * @param images where the dual encoder puts the images, L2-normalised
     * @param captions theirs, in the same order; the others' captions are what each must be told from
     */
    public static double[] hits(float[][] images, List<Caption> captions) {
        return IntStream.range(0, images.length)
                .parallel()
                .mapToDouble(i -> {
                    int others = 0;
                    int above = 0;
                    for (int j = 0; j < images.length; j++) {
                        Rivalry rivalry = Rivalry.of(images[i], captions.get(i), captions.get(j));
                        others += rivalry == Rivalry.NONE ? 0 : 1;
                        above += rivalry == Rivalry.ABOVE ? 1 : 0;
                    }
                    return chance(others, above);
                })
                .toArray();
    }

    /** Their mean with its interval: other images would have been asked for, and been told from other captions. */
    public static Estimate of(float[][] images, List<Caption> captions, SampleUnits units, long seed) {
        Jackknife jackknife = Jackknife.over(units, seed);
        int groups = jackknife.groups();
        int[][] others = new int[images.length][groups];
        int[][] above = new int[images.length][groups];
        IntStream.range(0, images.length).parallel().forEach(i -> {
            for (int j = 0; j < images.length; j++) {
                Rivalry rivalry = Rivalry.of(images[i], captions.get(i), captions.get(j));
                others[i][jackknife.groupOf(j)] += rivalry == Rivalry.NONE ? 0 : 1;
                above[i][jackknife.groupOf(j)] += rivalry == Rivalry.ABOVE ? 1 : 0;
            }
        });
        int[] all = IntStream.range(0, images.length).toArray();
        return jackknife
                .plain(kept -> new double[] {
                    Arrays.stream(jackknife.kept(all, kept))
                            .mapToDouble(i -> chance(sum(others[i], kept), sum(above[i], kept)))
                            .average()
                            .orElse(Double.NaN)
                })[0]
                .share(images.length, CANDIDATES * images.length);
    }

    private enum Rivalry {
        NONE,
        BELOW,
        ABOVE;

        static Rivalry of(float[] image, Caption own, Caption other) {
            if (own.saysTheSame(other)) {
                return NONE;
            }
            return VectorMath.product(image, other.vector) < VectorMath.product(image, own.vector) ? BELOW : ABOVE;
        }
    }

    private static int sum(int[] counts, boolean[] kept) {
        return IntStream.range(0, counts.length)
                .filter(group -> kept[group])
                .map(group -> counts[group])
                .sum();
    }

    /** That none of those above is among 99 of the others; of fewer than 99 all are. */
    private static double chance(int others, int above) {
        double chance = 1;
        for (int i = 0; i < Math.min(CANDIDATES - 1, others) && chance > 0; i++) {
            chance *= Math.max(0, others - above - i) / (double) (others - i);
        }
        return chance;
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
