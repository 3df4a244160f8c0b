package dev.limner.training.evaluate;

import dev.limner.training.evaluate.metric.Estimate;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One metric of an evaluation, always beside what it is for real images and for a generator that has learned nothing.
 *
 * @param model null where the data set does not allow the metric
 * @param besideReal where two sets of images are compared: the same of a half against the other half, as real images are;
 *     else null, and {@code model} stands beside them
 * @param real the same of real images in the model's place; null where real images have none
 * @param untrained the same of the model's network with initial weights, beside real; null where there is none
 * @param expected what probability theory says of real images; null where it says nothing
 * @param deviation how far equal models differ; null where it was not measured
 * @param unavailable why there is no figure
 */
public record MetricValue(
        @Nullable Estimate model,
        @Nullable Estimate besideReal,
        @Nullable Estimate real,
        @Nullable Estimate untrained,
        @Nullable Double expected,
        @Nullable Deviation deviation,
        @Nullable String unavailable) {

    static MetricValue missing(String why) {
        return new MetricValue(null, null, null, null, null, null, why);
    }

    /** What of the model compares with real images and with the untrained network. */
    public @Nullable Estimate comparable() {
        return besideReal == null ? model : besideReal;
    }

    /** The same with a deviation that was measured over several models. */
    MetricValue with(@Nullable Deviation other) {
        return new MetricValue(model, besideReal, real, untrained, expected, other, unavailable);
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
        MEMORISATION(
                "memorisation",
                "higher",
                "distance to the nearest training image by that to the nearest of as many held-out ones; held-out captions"),
        MEMORISATION_VARIANTS(
                "memorisationVariants",
                "higher",
                "the same of caption variants: the training images asked for, and as many held-out ones"),
        COPIES("copies", "lower", "images nearer to a training image than 95 % of real ones are; held-out captions"),
        COPIES_VARIANTS("copiesVariants", "lower", "the same of caption variants of training images"),
        DIVERSITY("diversity", "higher", "mean difference between images of one caption; real: of equal captions"),
        DIVERSITY_BETWEEN("diversityBetween", "higher", "mean difference between images of different captions"),
        HUE("hue", "higher", "images with the colour their caption names and the real one has; captions trained on"),
        HUE_UNSEEN_WORDING("hueUnseenWording", "higher", "the same; caption variants that training did not see"),
        HUE_HELD_OUT("hueHeldOut", "higher", "the same; images that were held out"),
        CONTROL_HUE(
                "controlHue", "higher", "images with the new colour when another colour's word is put in the caption"),
        CONTROL_LABEL("controlLabel", "higher", "images of the new class when another label is given"),
        CONTROL_CODE("controlCode", "higher", "how closely brightness or size follows a number that jobs may set");

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

    /**
     * The standard deviation of a figure over models that should be equal.
     *
     * @param value of the figures
     * @param of how many there were
     * @param over what they differ in
     */
    public record Deviation(double value, int of, Over over) {
        /** What the figures that deviate differ in. */
        public enum Over {
            /** One model, other noise. */
            NOISE_SEEDS,
            /** Models of one recipe, trained with other seeds, and the same noise. */
            TRAINING_SEEDS;

            /** For people and JSON: {@code noise seeds}. */
            public String text() {
                return name().toLowerCase(Locale.ROOT).replace('_', ' ');
            }
        }

        static Deviation of(double[] figures, Over over) {
            double mean = Arrays.stream(figures).average().orElse(Double.NaN);
            double squares = Arrays.stream(figures)
                    .map(figure -> (figure - mean) * (figure - mean))
                    .sum();
            return new Deviation(Math.sqrt(squares / (figures.length - 1)), figures.length, over);
        }

        /** The deviation as people read it. */
        public String text() {
            return String.format(Locale.ROOT, "%.4f", value);
        }
    }
}
