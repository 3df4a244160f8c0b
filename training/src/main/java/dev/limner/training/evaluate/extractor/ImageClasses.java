package dev.limner.training.evaluate.extractor;

import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.ml.clustering.CentroidCluster;
import org.apache.commons.math3.ml.clustering.DoublePoint;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.ml.distance.EuclideanDistance;
import org.apache.commons.math3.random.Well19937c;

/**
 * The classes of a data set: its own labels, or, where it has none, clusters of its captions' embeddings.
 *
 * @param labels the labels in order; empty where there are none
 * @param centroids L2-normalised centres of the clusters; empty where there are labels
 */
record ImageClasses(List<String> labels, float[][] centroids) {
    private static final int MOST_CLUSTERS = 40;
    private static final int IMAGES_A_CLUSTER = 25;
    private static final int ROUNDS = 100;

    ImageClasses {
        labels = List.copyOf(labels);
    }

    /**
     * Labels if every image has one, else clusters of the plainest captions.
     *
     * @param plainest the embedding of each image's plainest caption
     */
    static ImageClasses of(List<CaptionedImage> images, List<float[]> plainest, long seed) {
        if (images.stream().allMatch(image -> image.label() != null)) {
            return new ImageClasses(
                    images.stream()
                            .map(image -> String.valueOf(image.label()))
                            .distinct()
                            .sorted()
                            .toList(),
                    new float[0][]);
        }
        return clusters(plainest, seed);
    }

    /** Clusters of the plainest captions, whatever labels there are. */
    static ImageClasses clusters(List<float[]> plainest, long seed) {
        int clusters = Math.max(2, Math.min(MOST_CLUSTERS, plainest.size() / IMAGES_A_CLUSTER));
        List<DoublePoint> points = new ArrayList<>();
        for (float[] vector : plainest) {
            points.add(new DoublePoint(IntStream.range(0, vector.length)
                    .mapToDouble(i -> vector[i])
                    .toArray()));
        }
        List<CentroidCluster<DoublePoint>> found = new KMeansPlusPlusClusterer<DoublePoint>(
                        clusters, ROUNDS, new EuclideanDistance(), new Well19937c(seed))
                .cluster(points);
        return new ImageClasses(
                List.of(),
                found.stream()
                        .map(cluster -> normalised(cluster.getCenter().getPoint()))
                        .toArray(float[][]::new));
    }

    private static float[] normalised(double[] point) {
        double norm = Math.sqrt(IntStream.range(0, point.length)
                .mapToDouble(i -> point[i] * point[i])
                .sum());
        float[] values = new float[point.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (point[i] / norm);
        }
        return values;
    }

    int count() {
        return labels.isEmpty() ? centroids.length : labels.size();
    }

    /**
     * The class an image should be of.
     *
     * @param embedding of its plainest caption
     */
    int of(CaptionedImage image, float[] embedding) {
        if (!labels.isEmpty()) {
            return labels.indexOf(image.label());
        }
        int best = 0;
        for (int i = 1; i < centroids.length; i++) {
            if (VectorMath.product(embedding, centroids[i]) > VectorMath.product(embedding, centroids[best])) {
                best = i;
            }
        }
        return best;
    }
}
