package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.NamedColour;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.FrechetDistance;
import dev.limner.training.evaluate.metric.KernelInceptionDistance;
import dev.limner.training.evaluate.metric.ManifoldMetrics;
import dev.limner.training.evaluate.metric.RPrecision;
import dev.limner.training.evaluate.metric.SlicedWasserstein;
import dev.limner.training.evaluate.metric.ImageDiversity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Scores exhibitions of one plan. What does not depend on the contestant is computed once. Owns native memory; one
 * thread.
 */
public final class SampleScoring implements AutoCloseable {
    private static final int MOST_KID_SUBSET = 1000;
    private static final int FEWEST_CHOOSERS = 20;
    private static final int FEWEST_COLOURED = 10;
    private static final int MOST_OF_A_CLASS = 16;
    private static final double TEXT_SCALE = 8;

    private final EvaluationPlan plan;
    private final FeatureExtractors judges;
    private final List<Pixels> realPictures;
    private final float[][] realFeatures;
    private final float[][] realRandom;
    private final int[] realClasses;
    private final NearestNeighbours train;
    private final NearestNeighbours heldOut;

    /** The judges stay the caller's. */
    public SampleScoring(EvaluationPlan plan, FeatureExtractors judges) {
        this.plan = plan;
        this.judges = judges;
        this.realPictures =
                plan.heldOut().stream().map(subject -> subject.image().pixels()).toList();
        this.realFeatures = judges.features(realPictures);
        this.realRandom = judges.randomFeatures(realPictures);
        this.realClasses = plan.heldOut().stream()
                .mapToInt(subject -> judges.classOf(subject.image(), subject.plainest()))
                .toArray();
        this.train =
                new NearestNeighbours(plan.train().stream().map(CaptionedImage::pixels).toList());
        this.heldOut = new NearestNeighbours(realPictures);
    }

    /** Why a metric has no figure here, or nothing. */
    Map<Metric, String> unavailable() {
        Map<Metric, String> reasons = new EnumMap<>(Metric.class);
        int pictures = realPictures.size();
        int features = realFeatures[0].length;
        if (pictures < FrechetDistance.leastSample(features)) {
            reasons.put(Metric.FID, needs(pictures, FrechetDistance.leastSample(features), "held-out images"));
        }
        if (pictures < FrechetDistance.leastSample(2 * features)) {
            reasons.put(Metric.FJD, needs(pictures, FrechetDistance.leastSample(2 * features), "held-out images"));
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
        NearestNeighbours.Nearest[] toTrain = train.of(realPictures);
        NearestNeighbours.Nearest[] toOthers = heldOut.others(realPictures);
        scores.put(Metric.MEMORISATION, ratio(toTrain, toOthers));
        scores.put(Metric.DIVERSITY, Bootstrap.mean(spreads(realOfOneClass()), plan.seed()));
        return scores;
    }

    /** What an artist generates for the plan. */
    public Map<Metric, Estimate> of(ImageSource artist) {
        return of(SampleSet.drawn(plan, artist));
    }

    /** What was generated for the plan. */
    public Map<Metric, Estimate> of(SampleSet drawn) {
        Map<Metric, Estimate> scores = common(drawn, plan.heldOut());
        scores.put(Metric.MEMORISATION, ratio(train.of(drawn.heldOut()), heldOut.of(drawn.heldOut())));
        scores.put(Metric.DIVERSITY, Bootstrap.mean(spreads(drawn.repeated()), plan.seed()));
        return scores;
    }

    /** The nearest training image of each, by position in the plan. */
    NearestNeighbours.Nearest[] nearestInTraining(List<Pixels> pictures) {
        return train.of(pictures);
    }

    private Map<Metric, Estimate> common(SampleSet pictures, List<EvaluationPlan.Subject> setSubjects) {
        Map<Metric, Estimate> scores = new EnumMap<>(Metric.class);
        Map<Metric, String> unavailable = unavailable();
        long seed = plan.seed();
        float[][] features = judges.features(pictures.asSet());
        // Small sets are compared in halves, so that a subset is not the whole.
        int subset = Math.min(MOST_KID_SUBSET, Math.min(features.length, realFeatures.length) / 2);
        scores.put(Metric.KID, KernelInceptionDistance.of(realFeatures, features, subset, seed));
        scores.put(Metric.KID_RANDOM, KernelInceptionDistance.of(realRandom, judges.randomFeatures(pictures.asSet()), subset, seed));
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
            scores.put(Metric.FJD, FrechetDistance.of(joint(realFeatures, plan.heldOut()), joint(features, setSubjects), seed));
        }
        if (!unavailable.containsKey(Metric.R_PRECISION)) {
            scores.put(Metric.R_PRECISION, chosen(pictures.variants(), plan.variants()));
        }
        scores.put(Metric.R_PRECISION_UNSEEN, chosen(pictures.heldOut(), plan.heldOut()));
        int[] seen = judges.classify(pictures.heldOut());
        scores.put(
                Metric.CLASS_ACCURACY,
                Bootstrap.mean(
                        IntStream.range(0, seen.length)
                                .mapToDouble(i -> seen[i] == realClasses[i] ? 1 : 0)
                                .toArray(),
                        seed));
        if (!unavailable.containsKey(Metric.HUE)) {
            scores.put(Metric.HUE, Bootstrap.mean(hues(pictures.coloured()), seed));
        }
        return scores;
    }

    /** Image features beside caption vectors, in units of about one. */
    private float[][] joint(float[][] features, List<EvaluationPlan.Subject> subjects) {
        float[][] text = judges.textVectors(
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

    private Estimate chosen(List<Pixels> pictures, List<EvaluationPlan.Subject> subjects) {
        return Bootstrap.mean(hits(pictures, subjects), plan.seed());
    }

    /**
     * For each class of things, which generated images chose their own caption from a hundred: 1 or 0 each, in an order that
     * is the same for everybody who generates the plan.
     */
    public Map<Integer, double[]> hitsByClass(SampleSet drawn) {
        boolean varied = !unavailable().containsKey(Metric.R_PRECISION);
        List<EvaluationPlan.Subject> subjects = varied ? plan.variants() : plan.heldOut();
        double[] hits = hits(varied ? drawn.variants() : drawn.heldOut(), subjects);
        Map<Integer, List<Double>> byClass = new TreeMap<>();
        for (int i = 0; i < hits.length; i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            byClass.computeIfAbsent(judges.classOf(subject.image(), subject.plainest()), key -> new ArrayList<>())
                    .add(hits[i]);
        }
        Map<Integer, double[]> arrays = new TreeMap<>();
        byClass.forEach((key, values) ->
                arrays.put(key, values.stream().mapToDouble(Double::doubleValue).toArray()));
        return arrays;
    }

    private double[] hits(List<Pixels> pictures, List<EvaluationPlan.Subject> subjects) {
        float[][] vectors = judges.textVectors(
                subjects.stream().map(EvaluationPlan.Subject::embedding).toList());
        List<RPrecision.Caption> captions = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            String label = subject.image().label();
            captions.add(new RPrecision.Caption(subject.embedding(), vectors[i], label == null ? "" : label));
        }
        return RPrecision.hits(judges.pictureVectors(pictures), captions, plan.seed());
    }

    private Estimate ratio(NearestNeighbours.Nearest[] above, NearestNeighbours.Nearest[] below) {
        return Bootstrap.ratio(distances(above), distances(below), plan.seed());
    }

    private static double[] distances(NearestNeighbours.Nearest[] nearest) {
        return Arrays.stream(nearest).mapToDouble(NearestNeighbours.Nearest::distance).toArray();
    }

    private static double[] spreads(List<List<Pixels>> groups) {
        return groups.stream().mapToDouble(ImageDiversity::of).toArray();
    }

    private List<List<Pixels>> realOfOneClass() {
        Map<Integer, List<Pixels>> byClass = new TreeMap<>();
        for (int i = 0; i < realClasses.length; i++) {
            List<Pixels> mine = byClass.computeIfAbsent(realClasses[i], key -> new ArrayList<>());
            if (mine.size() < MOST_OF_A_CLASS) {
                mine.add(realPictures.get(i));
            }
        }
        return byClass.values().stream().filter(group -> group.size() > 1).toList();
    }

    private double[] hues(List<List<Pixels>> pictures) {
        double[] right = new double[pictures.size()];
        for (int i = 0; i < right.length; i++) {
            String caption = plan.coloured().get(i).caption();
            NamedColour named =
                    NamedColour.namedIn(caption, judges.description().language()).orElseThrow();
            right[i] = pictures.get(i).stream()
                    .mapToDouble(picture -> named.dominates(picture) ? 1 : 0)
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
