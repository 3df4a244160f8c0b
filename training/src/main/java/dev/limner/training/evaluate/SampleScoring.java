package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.FrechetDistance;
import dev.limner.training.evaluate.metric.ImageDiversity;
import dev.limner.training.evaluate.metric.KernelInceptionDistance;
import dev.limner.training.evaluate.metric.ManifoldMetrics;
import dev.limner.training.evaluate.metric.NamedColour;
import dev.limner.training.evaluate.metric.RPrecision;
import dev.limner.training.evaluate.metric.SlicedWasserstein;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Scores sample sets of one plan. What does not depend on the model is computed once. Owns native memory; one
 * thread.
 */
public final class SampleScoring implements AutoCloseable {
    private static final int MOST_KID_SUBSET = 1000;
    private static final int FEWEST_CHOOSERS = 20;
    private static final int FEWEST_COLOURED = 10;
    private static final int MOST_OF_A_CLASS = 16;
    private static final double TEXT_SCALE = 8;

    private final EvaluationPlan plan;
    private final FeatureExtractors extractors;
    private final List<Pixels> realImages;
    private final float[][] realFeatures;
    private final float[][] realRandom;
    private final int[] realClasses;
    private final NearestNeighbours train;
    private final NearestNeighbours heldOut;

    /** The judges stay the caller's. */
    public SampleScoring(EvaluationPlan plan, FeatureExtractors extractors) {
        this.plan = plan;
        this.extractors = extractors;
        this.realImages =
                plan.heldOut().stream().map(subject -> subject.image().pixels()).toList();
        this.realFeatures = extractors.features(realImages);
        this.realRandom = extractors.randomFeatures(realImages);
        this.realClasses = plan.heldOut().stream()
                .mapToInt(subject -> extractors.classOf(subject.image(), subject.plainest()))
                .toArray();
        this.train = new NearestNeighbours(
                plan.train().stream().map(CaptionedImage::pixels).toList());
        this.heldOut = new NearestNeighbours(realImages);
    }

    /** Why a metric has no figure here, or nothing. */
    Map<Metric, String> unavailable() {
        Map<Metric, String> reasons = new EnumMap<>(Metric.class);
        int images = realImages.size();
        int features = realFeatures[0].length;
        if (images < FrechetDistance.leastSample(features)) {
            reasons.put(Metric.FID, needs(images, FrechetDistance.leastSample(features), "held-out images"));
        }
        if (images < FrechetDistance.leastSample(2 * features)) {
            reasons.put(Metric.FJD, needs(images, FrechetDistance.leastSample(2 * features), "held-out images"));
        }
        if (plan.variants().size() < FEWEST_CHOOSERS) {
            reasons.put(
                    Metric.R_PRECISION,
                    needs(plan.variants().size(), FEWEST_CHOOSERS, "images with three or more captions"));
        }
        if (plan.coloured().size() < FEWEST_COLOURED) {
            reasons.put(Metric.HUE, needs(plan.coloured().size(), FEWEST_COLOURED, "captions that name one colour"));
        }
        return reasons;
    }

    private static String needs(int found, int needed, String of) {
        return found + " " + of + ", it takes " + needed;
    }

    /** Real images in a model's place. */
    public Map<Metric, Estimate> ofReal() {
        SampleSet real = SampleSet.real(plan);
        Map<Metric, Estimate> scores = common(real, plan.reference());
        NearestNeighbours.Nearest[] toTrain = train.of(realImages);
        NearestNeighbours.Nearest[] toOthers = heldOut.others(realImages);
        scores.put(Metric.MEMORISATION, ratio(toTrain, toOthers));
        scores.put(Metric.DIVERSITY, Bootstrap.mean(spreads(realOfOneClass()), plan.seed()));
        return scores;
    }

    /** What an image source generates for the plan. */
    public Map<Metric, Estimate> of(ImageSource imageSource) {
        return of(SampleSet.generated(plan, imageSource));
    }

    /** What was generated for the plan. */
    public Map<Metric, Estimate> of(SampleSet generated) {
        Map<Metric, Estimate> scores = common(generated, plan.heldOut());
        scores.put(Metric.MEMORISATION, ratio(train.of(generated.heldOut()), heldOut.of(generated.heldOut())));
        scores.put(Metric.DIVERSITY, Bootstrap.mean(spreads(generated.repeated()), plan.seed()));
        return scores;
    }

    /** The nearest training image of each, by position in the plan. */
    NearestNeighbours.Nearest[] nearestInTraining(List<Pixels> images) {
        return train.of(images);
    }

    private Map<Metric, Estimate> common(SampleSet images, List<EvaluationPlan.Subject> setSubjects) {
        Map<Metric, Estimate> scores = new EnumMap<>(Metric.class);
        Map<Metric, String> unavailable = unavailable();
        long seed = plan.seed();
        float[][] features = extractors.features(images.asSet());
        // Small sets are compared in halves, so that a subset is not the whole.
        int subset = Math.min(MOST_KID_SUBSET, Math.min(features.length, realFeatures.length) / 2);
        scores.put(Metric.KID, KernelInceptionDistance.of(realFeatures, features, subset, seed));
        scores.put(
                Metric.KID_RANDOM,
                KernelInceptionDistance.of(realRandom, extractors.randomFeatures(images.asSet()), subset, seed));
        scores.put(Metric.SLICED_WASSERSTEIN, SlicedWasserstein.of(realFeatures, features, seed));
        ManifoldMetrics manifold = ManifoldMetrics.of(realFeatures, features, seed);
        scores.put(Metric.PRECISION, manifold.precision());
        scores.put(Metric.RECALL, manifold.recall());
        scores.put(Metric.DENSITY, manifold.density());
        scores.put(Metric.COVERAGE, manifold.coverage());
        if (!unavailable.containsKey(Metric.FID)) {
            scores.put(Metric.FID, FrechetDistance.of(realFeatures, features, seed));
        }
        if (!unavailable.containsKey(Metric.FJD)) {
            scores.put(
                    Metric.FJD,
                    FrechetDistance.of(joint(realFeatures, plan.heldOut()), joint(features, setSubjects), seed));
        }
        if (!unavailable.containsKey(Metric.R_PRECISION)) {
            scores.put(Metric.R_PRECISION, chosen(images.variants(), plan.variants()));
        }
        scores.put(Metric.R_PRECISION_UNSEEN, chosen(images.heldOut(), plan.heldOut()));
        int[] seen = extractors.classify(images.heldOut());
        scores.put(
                Metric.CLASS_ACCURACY,
                Bootstrap.mean(
                        IntStream.range(0, seen.length)
                                .mapToDouble(i -> seen[i] == realClasses[i] ? 1 : 0)
                                .toArray(),
                        seed));
        if (!unavailable.containsKey(Metric.HUE)) {
            scores.put(Metric.HUE, Bootstrap.mean(hues(images.coloured()), seed));
        }
        return scores;
    }

    /** Image features beside caption vectors, in units of about one. */
    private float[][] joint(float[][] features, List<EvaluationPlan.Subject> subjects) {
        float[][] text = extractors.textVectors(
                subjects.stream().map(EvaluationPlan.Subject::embedding).toList());
        float[][] rows = new float[features.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOf(features[i], features[i].length + text[i].length);
            for (int j = 0; j < text[i].length; j++) {
                rows[i][features[i].length + j] = (float) (text[i][j] * TEXT_SCALE);
            }
        }
        return rows;
    }

    private Estimate chosen(List<Pixels> images, List<EvaluationPlan.Subject> subjects) {
        return Bootstrap.mean(hits(images, subjects), plan.seed());
    }

    /**
     * For each class of things, which generated images chose their own caption from a hundred: 1 or 0 each, in an order that
     * is the same for everybody who generates the plan.
     */
    public Map<Integer, double[]> hitsByClass(SampleSet generated) {
        boolean varied = !unavailable().containsKey(Metric.R_PRECISION);
        List<EvaluationPlan.Subject> subjects = varied ? plan.variants() : plan.heldOut();
        double[] hits = hits(varied ? generated.variants() : generated.heldOut(), subjects);
        Map<Integer, List<Double>> byClass = new TreeMap<>();
        for (int i = 0; i < hits.length; i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            byClass.computeIfAbsent(extractors.classOf(subject.image(), subject.plainest()), key -> new ArrayList<>())
                    .add(hits[i]);
        }
        Map<Integer, double[]> arrays = new TreeMap<>();
        byClass.forEach((key, values) ->
                arrays.put(key, values.stream().mapToDouble(Double::doubleValue).toArray()));
        return arrays;
    }

    private double[] hits(List<Pixels> images, List<EvaluationPlan.Subject> subjects) {
        float[][] vectors = extractors.textVectors(
                subjects.stream().map(EvaluationPlan.Subject::embedding).toList());
        List<RPrecision.Caption> captions = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            String label = subject.image().label();
            captions.add(new RPrecision.Caption(subject.embedding(), vectors[i], label == null ? "" : label));
        }
        return RPrecision.hits(extractors.imageVectors(images), captions, plan.seed());
    }

    private Estimate ratio(NearestNeighbours.Nearest[] above, NearestNeighbours.Nearest[] below) {
        return Bootstrap.ratio(distances(above), distances(below), plan.seed());
    }

    private static double[] distances(NearestNeighbours.Nearest[] nearest) {
        return Arrays.stream(nearest)
                .mapToDouble(NearestNeighbours.Nearest::distance)
                .toArray();
    }

    private static double[] spreads(List<List<Pixels>> groups) {
        return groups.stream().mapToDouble(ImageDiversity::of).toArray();
    }

    private List<List<Pixels>> realOfOneClass() {
        Map<Integer, List<Pixels>> byClass = new TreeMap<>();
        for (int i = 0; i < realClasses.length; i++) {
            List<Pixels> mine = byClass.computeIfAbsent(realClasses[i], key -> new ArrayList<>());
            if (mine.size() < MOST_OF_A_CLASS) {
                mine.add(realImages.get(i));
            }
        }
        return byClass.values().stream().filter(group -> group.size() > 1).toList();
    }

    private double[] hues(List<List<Pixels>> images) {
        double[] right = new double[images.size()];
        for (int i = 0; i < right.length; i++) {
            String caption = plan.coloured().get(i).caption();
            NamedColour named = NamedColour.namedIn(
                            caption, extractors.description().language())
                    .orElseThrow();
            right[i] = images.get(i).stream()
                    .mapToDouble(image -> named.dominates(image) ? 1 : 0)
                    .average()
                    .orElse(0);
        }
        return right;
    }

    @Override
    public void close() {
        train.close();
        heldOut.close();
    }
}
