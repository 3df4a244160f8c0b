package dev.limner.training.evaluate;

import dev.limner.training.evaluate.metric.Estimate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One metric of an evaluation, always beside what it is for real images and for a generator that has learned nothing.
 *
 * @param model null where the data set does not allow the metric
 * @param real the same of real images in the model's place
 * @param untrained the same of the model's network with initial weights
 * @param unavailable why there is no figure
 */
public record MetricValue(
        @Nullable Estimate model,
        @Nullable Estimate real,
        @Nullable Estimate untrained,
        @Nullable String unavailable) {

    static MetricValue missing(String why) {
        return new MetricValue(null, null, null, why);
    }

    /** The metrics, as the report names and explains them. */
    public enum Metric {
        KID("kid", "lower", "kernel inception distance to the held-out images, learned features"),
        KID_RANDOM("kidRandom", "lower", "the same through a network that has learned nothing"),
        FID("fid", "lower", "Frechet distance to the held-out images, learned features"),
        SLICED_WASSERSTEIN("slicedWasserstein", "lower", "sliced Wasserstein distance to the held-out images"),
        FJD("fjd", "lower", "Frechet distance over images and captions together"),
        PRECISION("precision", "higher", "generated images that lie among real ones"),
        RECALL("recall", "higher", "real images that lie among generated ones"),
        DENSITY("density", "higher", "how deep among real images the generated ones lie"),
        COVERAGE("coverage", "higher", "real images that have a generated one near"),
        R_PRECISION("rPrecision", "higher", "own caption chosen from 100; caption variants that training did not see"),
        R_PRECISION_UNSEEN("rPrecisionUnseen", "higher", "own caption chosen from 100; images that were held out"),
        CLASS_ACCURACY("classAccuracy", "higher", "images that look like their caption's class"),
        MEMORISATION("memorisation", "higher", "distance to the nearest training image by that to a held-out one"),
        DIVERSITY("diversity", "higher", "mean difference between images of one caption; real: of one class"),
        HUE("hue", "higher", "images with the dominant colour that their caption names and the real one has");

        private final String id;
        private final String better;
        private final String text;

        Metric(String id, String better, String text) {
            this.id = id;
            this.better = better;
            this.text = text;
        }

        /** Its key in JSON. */
        public String id() {
            return id;
        }

        /** Whether a {@code higher} or a {@code lower} figure is better. */
        public String better() {
            return better;
        }

        /** For people. */
        public String text() {
            return text;
        }

        /** @throws IllegalArgumentException if there is none of that id */
        public static Metric of(String id) {
            return Arrays.stream(values())
                    .filter(metric -> metric.id.equals(id))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no metric " + id));
        }
    }
}
