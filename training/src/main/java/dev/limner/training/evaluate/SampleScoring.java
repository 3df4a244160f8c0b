package dev.limner.training.evaluate;

import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.MetricValue.Metric;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.ClusteredMean;
import dev.limner.training.evaluate.metric.Comparison;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.FrechetDistance;
import dev.limner.training.evaluate.metric.ImageDiversity;
import dev.limner.training.evaluate.metric.KernelInceptionDistance;
import dev.limner.training.evaluate.metric.ManifoldMetrics;
import dev.limner.training.evaluate.metric.Memorisation;
import dev.limner.training.evaluate.metric.NamedColour;
import dev.limner.training.evaluate.metric.RPrecision;
import dev.limner.training.evaluate.metric.SampleUnits;
import dev.limner.training.evaluate.metric.SlicedWasserstein;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Scores sample sets of one plan. What does not depend on the model is computed once. Owns native memory; one
 * thread.
 */
public final class SampleScoring implements AutoCloseable {
    private static final int FEWEST_CHOOSERS = 20;
    private static final int FEWEST_COLOURED = 10;
    private static final int FEWEST_OF_ONE_CAPTION = 3;
    private static final int MOST_OF_ONE_CAPTION = 16;
    private static final int MOST_CAPTIONS = 64;
    private static final double TEXT_SCALE = 8;
    /** The least part of a pool that resampling leaves. */
    private static final double LEFT = 0.8;

    private static final Map<Metric, Familiarity> HUES = Map.of(
            Metric.HUE, Familiarity.TRAINED,
            Metric.HUE_UNSEEN_WORDING, Familiarity.UNSEEN_WORDING,
            Metric.HUE_HELD_OUT, Familiarity.HELD_OUT);

    private final EvaluationPlan plan;
    private final FeatureExtractors extractors;
    private final List<Pixels> realImages;
    private final SampleUnits units;
    private final Comparison whole;
    private final Comparison halves;
    private final float[][] realFeatures;
    private final float[][] realRandom;
    private final float[][] captions;
    private final int[] realClasses;
    private final NearestNeighbours train;
    private final NearestNeighbours heldOut;
    private final int counted;
    private final float[][] realToTrain;
    /** Variants of which there are as many as held-out images. */
    private final int pool;

    /** The judges stay the caller's. */
    public SampleScoring(EvaluationPlan plan, FeatureExtractors extractors) {
        this.plan = plan;
        this.extractors = extractors;
        this.realImages =
                plan.heldOut().stream().map(subject -> subject.image().pixels()).toList();
        this.units = EvaluationPlan.units(plan.heldOut());
        this.whole = Comparison.whole(units);
        this.halves = Comparison.halves(units, plan.seed());
        this.realFeatures = extractors.features(realImages);
        this.realRandom = extractors.randomFeatures(realImages);
        this.captions = extractors.textVectors(
                plan.heldOut().stream().map(EvaluationPlan.Subject::embedding).toList());
        this.realClasses = plan.heldOut().stream()
                .mapToInt(subject -> extractors.classOf(subject.image(), subject.plainest()))
                .toArray();
        this.train = new NearestNeighbours(
                plan.train().stream().map(CaptionedImage::pixels).toList());
        this.heldOut = new NearestNeighbours(realImages);
        this.counted = Memorisation.counted(
                Math.max(1, (int) (LEFT * Math.min(halves.size(), plan.train().size()))),
                plan.train().size());
        this.realToTrain = train.nearest(realImages, counted);
        this.pool = Math.min(realImages.size(), plan.variants().size());
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
            for (Metric metric : List.of(Metric.R_PRECISION, Metric.MEMORISATION_VARIANTS, Metric.COPIES_VARIANTS)) {
                reasons.put(
                        metric, needs(plan.variants().size(), FEWEST_CHOOSERS, "images with three or more captions"));
            }
        }
        HUES.forEach((metric, familiarity) -> {
            int found = plan.coloured().getOrDefault(familiarity, List.of()).size();
            if (found < FEWEST_COLOURED) {
                reasons.put(metric, needs(found, FEWEST_COLOURED, "captions that name one colour"));
            }
        });
        return reasons;
    }

    private static String needs(int found, int needed, String of) {
        return found + " " + of + ", it takes " + needed;
    }

    /**
     * Real images in a model's place: sets are halves of the held-out images against the other half, so what stands
     * beside them is {@link #inHalves}.
     */
    public Map<Metric, Estimate> ofReal() {
        SampleSet real = SampleSet.real(plan);
        Map<Metric, Estimate> scores = captionsOf(real);
        compare(real.heldOut(), realFeatures, realRandom, realToTrain, halves, scores);
        List<List<Pixels>> equal = realOfEqualCaptions();
        if (equal.size() >= FEWEST_OF_ONE_CAPTION) {
            scores.put(
                    Metric.DIVERSITY,
                    ClusteredMean.of(spreads(equal), SampleUnits.independent(equal.size()))
                            .interval());
        }
        return scores;
    }

    /** What probability theory says of real images, where it says something. */
    Map<Metric, Double> expectedOfReal() {
        Map<Metric, Double> expected = new EnumMap<>(Metric.class);
        expected.put(Metric.KID, 0.0);
        expected.put(Metric.KID_RANDOM, 0.0);
        expected.put(Metric.DENSITY, 1.0);
        expected.put(Metric.COVERAGE, ManifoldMetrics.coverageOfEquals(halves.size(), realImages.size() / 2));
        expected.put(Metric.MEMORISATION, 1.0);
        expected.put(Metric.COPIES, Memorisation.NEAR);
        return expected;
    }

    /** What an image source generates for the plan. */
    public Map<Metric, Estimate> of(ImageSource imageSource) {
        return of(SampleSet.generated(plan, imageSource));
    }

    /** What was generated for the plan, all of it. */
    public Map<Metric, Estimate> of(SampleSet generated) {
        Map<Metric, Estimate> scores = captionsOf(generated);
        compare(generated.heldOut(), whole, scores);
        scores.put(
                Metric.DIVERSITY,
                ClusteredMean.of(spreads(generated.repeated()), EvaluationPlan.units(plan.repeated()))
                        .interval());
        if (!unavailable().containsKey(Metric.MEMORISATION_VARIANTS)) {
            memorisationOfVariants(generated.variants(), scores);
        }
        return scores;
    }

    /** Sets alone: each half of what was generated against the other half of the held-out images, as the real ones are. */
    public Map<Metric, Estimate> inHalves(SampleSet generated) {
        Map<Metric, Estimate> scores = new EnumMap<>(Metric.class);
        compare(generated.heldOut(), halves, scores);
        return scores;
    }

    /** The nearest training image of each, by position in the plan. */
    NearestNeighbours.Nearest[] nearestInTraining(List<Pixels> images) {
        return train.of(images);
    }

    private void compare(List<Pixels> images, Comparison comparison, Map<Metric, Estimate> scores) {
        compare(
                images,
                extractors.features(images),
                extractors.randomFeatures(images),
                train.nearest(images, counted),
                comparison,
                scores);
    }

    private void compare(
            List<Pixels> images,
            float[][] features,
            float[][] random,
            float[][] toTrain,
            Comparison comparison,
            Map<Metric, Estimate> scores) {
        long seed = plan.seed();
        scores.put(Metric.KID, KernelInceptionDistance.of(realFeatures, features, comparison, seed));
        scores.put(Metric.KID_RANDOM, KernelInceptionDistance.of(realRandom, random, comparison, seed));
        scores.put(Metric.SLICED_WASSERSTEIN, SlicedWasserstein.of(realFeatures, features, comparison, seed));
        ManifoldMetrics manifold = ManifoldMetrics.of(realFeatures, features, comparison, seed);
        scores.put(Metric.PRECISION, manifold.precision());
        scores.put(Metric.RECALL, manifold.recall());
        scores.put(Metric.DENSITY, manifold.density());
        scores.put(Metric.COVERAGE, manifold.coverage());
        if (comparison.size() >= FrechetDistance.leastSample(features[0].length)) {
            scores.put(Metric.FID, FrechetDistance.of(realFeatures, features, comparison, seed));
        }
        if (comparison.size() >= FrechetDistance.leastSample(2 * features[0].length)) {
            scores.put(Metric.FJD, FrechetDistance.of(joint(realFeatures), joint(features), comparison, seed));
        }
        scores.put(
                Metric.MEMORISATION,
                Memorisation.ofEqualPools(toTrain, plan.train().size(), heldOut.distances(images), comparison, seed));
        scores.put(Metric.COPIES, Memorisation.copies(first(toTrain), first(realToTrain), comparison, seed));
    }

    /** Metrics of images one by one, beside their captions. */
    private Map<Metric, Estimate> captionsOf(SampleSet images) {
        Map<Metric, Estimate> scores = new EnumMap<>(Metric.class);
        Map<Metric, String> unavailable = unavailable();
        if (!unavailable.containsKey(Metric.R_PRECISION)) {
            scores.put(Metric.R_PRECISION, chosen(images.variants(), plan.variants()));
        }
        scores.put(Metric.R_PRECISION_UNSEEN, chosen(images.heldOut(), plan.heldOut()));
        int[] seen = extractors.classify(images.heldOut());
        scores.put(
                Metric.CLASS_ACCURACY,
                share(
                        IntStream.range(0, seen.length)
                                .mapToDouble(i -> seen[i] == realClasses[i] ? 1 : 0)
                                .toArray(),
                        units,
                        1));
        scores.put(
                Metric.DIVERSITY_BETWEEN,
                ClusteredMean.of(toNext(images.heldOut()), units).interval());
        HUES.forEach((metric, familiarity) -> {
            if (!unavailable.containsKey(metric)) {
                List<EvaluationPlan.Subject> subjects = plan.coloured().getOrDefault(familiarity, List.of());
                List<List<Pixels>> draws = images.coloured().getOrDefault(familiarity, List.of());
                scores.put(
                        metric,
                        share(
                                hues(draws, subjects),
                                EvaluationPlan.units(subjects),
                                draws.get(0).size()));
            }
        });
        return scores;
    }

    private static Estimate share(double[] values, SampleUnits units, int casesEach) {
        return ClusteredMean.of(values, units).share(values.length, values.length * casesEach);
    }

    private void memorisationOfVariants(List<Pixels> variants, Map<Metric, Estimate> scores) {
        SampleUnits asked = EvaluationPlan.units(plan.variants());
        List<EvaluationPlan.Subject> some = plan.variants().subList(0, pool);
        List<Pixels> images = variants.subList(0, pool);
        try (NearestNeighbours among = new NearestNeighbours(
                some.stream().map(subject -> subject.image().pixels()).toList())) {
            scores.put(
                    Metric.MEMORISATION_VARIANTS,
                    Memorisation.ofAsked(
                            among.distances(images),
                            heldOut.distances(images),
                            EvaluationPlan.units(some),
                            plan.seed()));
        }
        scores.put(
                Metric.COPIES_VARIANTS,
                Memorisation.copiesOfAsked(first(train.nearest(variants, 1)), first(realToTrain), asked));
    }

    private static double[] first(float[][] rows) {
        return Arrays.stream(rows).mapToDouble(row -> row[0]).toArray();
    }

    /** Image features beside caption vectors, in units of about one. */
    private float[][] joint(float[][] features) {
        float[][] rows = new float[features.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOf(features[i], features[i].length + captions[i].length);
            for (int j = 0; j < captions[i].length; j++) {
                rows[i][features[i].length + j] = (float) (captions[i][j] * TEXT_SCALE);
            }
        }
        return rows;
    }

    private Estimate chosen(List<Pixels> images, List<EvaluationPlan.Subject> subjects) {
        return RPrecision.of(
                extractors.imageVectors(images), captions(subjects), EvaluationPlan.units(subjects), plan.seed());
    }

    /**
     * For each class of things, how surely generated images chose their own caption from a hundred, in an order that is the
     * same for everybody who generates the plan.
     */
    public Map<Integer, double[]> hitsByClass(SampleSet generated) {
        boolean varied = !unavailable().containsKey(Metric.R_PRECISION);
        List<EvaluationPlan.Subject> subjects = varied ? plan.variants() : plan.heldOut();
        double[] hits = RPrecision.hits(
                extractors.imageVectors(varied ? generated.variants() : generated.heldOut()), captions(subjects));
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

    private List<RPrecision.Caption> captions(List<EvaluationPlan.Subject> subjects) {
        float[][] vectors = extractors.textVectors(
                subjects.stream().map(EvaluationPlan.Subject::embedding).toList());
        List<RPrecision.Caption> found = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            EvaluationPlan.Subject subject = subjects.get(i);
            String label = subject.image().label();
            found.add(new RPrecision.Caption(subject.embedding(), vectors[i], label == null ? "" : label));
        }
        return found;
    }

    private static double[] spreads(List<List<Pixels>> groups) {
        return groups.stream().mapToDouble(ImageDiversity::of).toArray();
    }

    private static double[] toNext(List<Pixels> images) {
        return IntStream.range(0, images.size())
                .mapToDouble(i -> ImageDiversity.of(List.of(images.get(i), images.get((i + 1) % images.size()))))
                .toArray();
    }

    /** Real images with one plainest caption, by that caption. */
    private List<List<Pixels>> realOfEqualCaptions() {
        String language = extractors.description().language();
        Map<String, List<Pixels>> byCaption = new TreeMap<>();
        Stream.concat(plan.heldOut().stream().map(EvaluationPlan.Subject::image), plan.train().stream())
                .forEach(image -> {
                    List<Pixels> mine =
                            byCaption.computeIfAbsent(image.captionsIn(language).get(0), key -> new ArrayList<>());
                    if (mine.size() < MOST_OF_ONE_CAPTION) {
                        mine.add(image.pixels());
                    }
                });
        return byCaption.values().stream()
                .filter(group -> group.size() > 1)
                .limit(MOST_CAPTIONS)
                .toList();
    }

    private double[] hues(List<List<Pixels>> images, List<EvaluationPlan.Subject> subjects) {
        double[] right = new double[images.size()];
        for (int i = 0; i < right.length; i++) {
            NamedColour named = NamedColour.namedIn(
                            subjects.get(i).caption(), extractors.description().language())
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
