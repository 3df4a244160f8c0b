package dev.limner.training.evaluate;

import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A way in which a model fails, told from its figures; each has metrics that are meant for it. */
public enum QualityAlert {
    /** It generates nothing like the data. */
    FAR_FROM_REAL(
            "far-from-real",
            List.of(Metric.KID),
            "the distance to real images is more than half of that of an untrained network"),

    /** It generates the same whatever it is asked for. */
    IGNORES_CAPTION(
            "ignores-caption",
            List.of(Metric.R_PRECISION, Metric.R_PRECISION_UNSEEN),
            "fewer than a tenth as many images as of the real ones are told to be of their caption"),

    /** It gives back what it was trained on. */
    COPIES_TRAINING(
            "copies-training",
            List.of(Metric.MEMORISATION, Metric.MEMORISATION_VARIANTS, Metric.COPIES, Metric.COPIES_VARIANTS),
            "images are less than half as far from training images, against held-out ones, as real images are, or more"
                    + " than half are nearer than nearly all real ones"),

    /** It has one image for a caption, whatever the noise. */
    NO_DIVERSITY(
            "no-diversity",
            List.of(Metric.DIVERSITY, Metric.DIVERSITY_BETWEEN),
            "images of one caption differ by less than a fiftieth of what images of different captions do"),

    /** It leaves out much of what there is. */
    LOW_COVERAGE(
            "low-coverage",
            List.of(Metric.COVERAGE),
            "fewer than half as many real images as should have a generated one near");

    private static final double HALF = 0.5;
    private static final double TENTH = 0.1;
    private static final double FIFTIETH = 0.02;

    private final String id;
    // A list that nothing changes.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Metric> metrics;

    private final String text;

    QualityAlert(String id, List<Metric> metrics, String text) {
        this.id = id;
        this.metrics = metrics;
        this.text = text;
    }

    /** As JSON has it. */
    public String id() {
        return id;
    }

    /** The metrics that tell. */
    public List<Metric> metrics() {
        return metrics;
    }

    private boolean isRaised(Map<Metric, MetricValue> figures) {
        return switch (this) {
            case FAR_FROM_REAL -> low(figures, Metric.KID) > HALF * untrained(figures, Metric.KID);
            case IGNORES_CAPTION ->
                value(figures, Metric.R_PRECISION) < TENTH * real(figures, Metric.R_PRECISION)
                        || (!isThere(figures, Metric.R_PRECISION)
                                && value(figures, Metric.R_PRECISION_UNSEEN)
                                        < TENTH * real(figures, Metric.R_PRECISION_UNSEEN));
            case COPIES_TRAINING ->
                high(figures, Metric.MEMORISATION) < HALF * real(figures, Metric.MEMORISATION)
                        || high(figures, Metric.MEMORISATION_VARIANTS) < HALF * real(figures, Metric.MEMORISATION)
                        || low(figures, Metric.COPIES) > HALF
                        || low(figures, Metric.COPIES_VARIANTS) > HALF;
            case NO_DIVERSITY ->
                value(figures, Metric.DIVERSITY) <= FIFTIETH * value(figures, Metric.DIVERSITY_BETWEEN);
            case LOW_COVERAGE -> high(figures, Metric.COVERAGE) < HALF * real(figures, Metric.COVERAGE);
        };
    }

    private static boolean isThere(Map<Metric, MetricValue> figures, Metric metric) {
        return !Double.isNaN(value(figures, metric));
    }

    private static double value(Map<Metric, MetricValue> figures, Metric metric) {
        return of(figures.get(metric), MetricValue::comparable, Estimate::value);
    }

    private static double low(Map<Metric, MetricValue> figures, Metric metric) {
        return of(figures.get(metric), MetricValue::comparable, Estimate::low);
    }

    private static double high(Map<Metric, MetricValue> figures, Metric metric) {
        return of(figures.get(metric), MetricValue::comparable, Estimate::high);
    }

    private static double real(Map<Metric, MetricValue> figures, Metric metric) {
        return of(figures.get(metric), MetricValue::real, Estimate::value);
    }

    private static double untrained(Map<Metric, MetricValue> figures, Metric metric) {
        return of(figures.get(metric), MetricValue::untrained, Estimate::value);
    }

    /** Not a number where there is none, which raises nothing. */
    private static double of(
            @Nullable MetricValue figure,
            Function<MetricValue, @Nullable Estimate> row,
            ToDoubleFunction<Estimate> part) {
        Estimate estimate = figure == null ? null : row.apply(figure);
        return estimate == null ? Double.NaN : part.applyAsDouble(estimate);
    }

    /** What people read: the figures it was told from, beside their references. */
    public String explain(Map<Metric, MetricValue> figures) {
        String told = metrics.stream()
                .filter(metric -> isThere(figures, metric))
                .map(metric -> String.format(
                        Locale.ROOT,
                        "%s is %.4f%s%s",
                        metric.id(),
                        value(figures, metric),
                        beside(", of real images", real(figures, metric)),
                        beside(", untrained", untrained(figures, metric))))
                .collect(Collectors.joining("; "));
        return id + ": " + told + ": " + text;
    }

    private static String beside(String name, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%s %.4f", name, value);
    }

    /** The alarms that a model's figures raise. */
    static List<QualityAlert> of(Map<Metric, MetricValue> figures) {
        return Arrays.stream(values()).filter(alarm -> alarm.isRaised(figures)).toList();
    }
}
