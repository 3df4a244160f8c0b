package dev.limner.training.evaluate;

import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.metric.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A way in which a model fails, told from its figures; each has the metric that is meant for it. */
public enum QualityAlert {
    /** It generates nothing like the data. */
    FAR_FROM_REAL(
            "far-from-real",
            Metric.KID,
            "the distance to real images is more than half of that of an untrained network"),

    /** It generates the same whatever it is asked for. */
    IGNORES_CAPTION(
            "ignores-caption",
            Metric.R_PRECISION,
            "fewer than a tenth as many images as of the real ones are told to be of their caption"),

    /** It gives back what it was trained on. */
    COPIES_TRAINING(
            "copies-training",
            Metric.MEMORISATION,
            "images are less than half as far from training images, against held-out ones, as real images are"),

    /** It has one image for a caption, whatever the noise. */
    NO_DIVERSITY("no-diversity", Metric.DIVERSITY, "images of one caption hardly differ"),

    /** It leaves out much of what there is. */
    LOW_COVERAGE(
            "low-coverage", Metric.COVERAGE, "fewer than half as many real images as should have a generated one near");

    private final String id;
    private final Metric metric;
    private final String text;

    QualityAlert(String id, Metric metric, String text) {
        this.id = id;
        this.metric = metric;
        this.text = text;
    }

    /** As JSON has it. */
    public String id() {
        return id;
    }

    /** The metric that tells. */
    public Metric metric() {
        return metric;
    }

    private boolean isRaised(References references, Estimate model) {
        double real = references.realOr(0);
        return switch (this) {
            case FAR_FROM_REAL -> model.low() > 0.5 * references.untrainedOr(Double.POSITIVE_INFINITY);
            case IGNORES_CAPTION -> model.value() < 0.1 * real;
            case COPIES_TRAINING, LOW_COVERAGE -> model.high() < 0.5 * real;
            case NO_DIVERSITY -> model.value() < 0.02 * real;
        };
    }

    private record References(MetricValue figure) {
        double realOr(double otherwise) {
            return figure.real() == null ? otherwise : figure.real().value();
        }

        double untrainedOr(double otherwise) {
            return figure.untrained() == null ? otherwise : figure.untrained().value();
        }
    }

    /** What people read: the figure beside its reference. */
    public String explain(MetricValue figure) {
        References references = new References(figure);
        return String.format(
                Locale.ROOT,
                "%s: %s is %.4f, of real images %.4f, untrained %.4f: %s",
                id,
                metric.id(),
                figure.model() == null ? Double.NaN : figure.model().value(),
                references.realOr(Double.NaN),
                references.untrainedOr(Double.NaN),
                text);
    }

    /** The alarms that a model's figures raise. */
    static List<QualityAlert> of(Map<Metric, MetricValue> figures) {
        List<QualityAlert> alarms = new ArrayList<>();
        for (QualityAlert alarm : values()) {
            MetricValue figure = figures.get(alarm.metric);
            if (figure != null && figure.model() != null && alarm.isRaised(new References(figure), figure.model())) {
                alarms.add(alarm);
            }
        }
        return alarms;
    }
}
