package dev.limner.testkit.bench;

import dev.limner.training.evaluate.metric.ClusteredMean;
import dev.limner.training.evaluate.metric.Comparison;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.FrechetDistance;
import dev.limner.training.evaluate.metric.KernelInceptionDistance;
import dev.limner.training.evaluate.metric.ManifoldMetrics;
import dev.limner.training.evaluate.metric.Memorisation;
import dev.limner.training.evaluate.metric.RPrecision;
import dev.limner.training.evaluate.metric.SampleUnits;
import dev.limner.training.evaluate.metric.SlicedWasserstein;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Made-up samples whose figures have a true value: the mean over all samples of a kind, or what theory says.
 *
 * @param images real images of each sample, and as many in their place
 * @param seed of everything
 */
record IntervalSimulation(int images, long seed) {
    private static final int DIMENSIONS = 16;
    private static final int CAPTION = 32;
    /** Training images for each held-out one. */
    private static final int TRAINING = 4;

    /** What images in place are, beside the real ones. */
    enum World {
        /** Drawn as the real ones are, each half against the other: the real row. */
        SAME(0, "real row"),
        /** Other images, a little off. */
        SHIFTED(1, "shifted"),
        /** Near the real image of their caption. */
        PAIRED(2, "near their own"),
        /** All alike. */
        NARROW(3, "little variety"),
        /** A little off, and three images of each subject. */
        SUBJECTS(4, "three a subject");

        private final int number;
        private final String text;

        World(int number, String text) {
            this.number = number;
            this.text = text;
        }

        /** From 0; its seeds follow from it. */
        int number() {
            return number;
        }

        /** For people. */
        String text() {
            return text;
        }
    }

    /** What theory says of the real row. */
    Map<String, Double> theory() {
        return Map.of(
                "kid",
                0.0,
                "density",
                1.0,
                "coverage",
                ManifoldMetrics.coverageOfEquals(images / 2, images / 2),
                "copies",
                Memorisation.NEAR);
    }

    /** All figures of one sample. */
    Map<String, Estimate> sample(World world, int repetition) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + 10_007L * world.number() + repetition);
        SampleUnits units = world == World.SUBJECTS
                ? new SampleUnits(IntStream.range(0, images).map(i -> i / 3).toArray(), new int[images])
                : SampleUnits.independent(images);
        float[][] real = real(world, random);
        float[][] placed = world == World.SAME ? real : placed(world, real, random);
        Comparison comparison = world == World.SAME ? Comparison.halves(units, repetition) : Comparison.whole(units);
        Map<String, Estimate> figures = new LinkedHashMap<>();
        figures.put("kid", KernelInceptionDistance.of(real, placed, comparison, repetition));
        figures.put("fid", FrechetDistance.of(real, placed, comparison, repetition));
        // The directions are a part of the figure: the same in every sample.
        figures.put("slicedWasserstein", SlicedWasserstein.of(real, placed, comparison, seed));
        ManifoldMetrics manifold = ManifoldMetrics.of(real, placed, comparison, repetition);
        figures.put("precision", manifold.precision());
        figures.put("recall", manifold.recall());
        figures.put("density", manifold.density());
        figures.put("coverage", manifold.coverage());
        memorisation(world, real, placed, comparison, repetition, figures);
        captions(world, units, random, repetition, figures);
        return figures;
    }

    private float[][] real(World world, SplittableRandom random) {
        float[][] rows = normal(images, 1, random);
        if (world == World.SUBJECTS) {
            shareSubjects(rows, random);
        }
        return rows;
    }

    /** Two thirds of the variance are the subject's. */
    private static void shareSubjects(float[][] rows, SplittableRandom random) {
        float[] subject = {};
        for (int i = 0; i < rows.length; i++) {
            if (i % 3 == 0) {
                subject = normal(1, Math.sqrt(2 / 3.0), random)[0];
            }
            for (int j = 0; j < DIMENSIONS; j++) {
                rows[i][j] = (float) (rows[i][j] * Math.sqrt(1 / 3.0) + subject[j]);
            }
        }
    }

    private float[][] placed(World world, float[][] real, SplittableRandom random) {
        float[][] rows = normal(images, world == World.NARROW ? 0.5 : 1, random);
        for (int i = 0; i < images; i++) {
            for (int j = 0; j < DIMENSIONS; j++) {
                rows[i][j] = switch (world) {
                    case SAME, NARROW -> rows[i][j];
                    case SHIFTED -> 0.8f * rows[i][j] + 0.25f;
                    case PAIRED -> 0.5f * rows[i][j] + 0.7f * real[i][j] + 0.1f;
                    case SUBJECTS -> 0.5f * rows[i][j] + 0.6f * real[i][j] + 0.25f;
                };
            }
        }
        return rows;
    }

    private void memorisation(
            World world,
            float[][] real,
            float[][] placed,
            Comparison comparison,
            int repetition,
            Map<String, Estimate> figures) {
        int training = TRAINING * images;
        // The same in every sample: intervals are about held-out and generated images, the training images are given.
        float[][] train = normal(training, 1, new SplittableRandom(seed + world.number()));
        int counted = Memorisation.counted(images / 3, training);
        float[][] toTraining = nearest(placed, train, counted);
        float[][] realToTraining = nearest(real, train, 1);
        figures.put(
                "memorisation",
                Memorisation.ofEqualPools(toTraining, training, distances(placed, real), comparison, repetition));
        figures.put("copies", Memorisation.copies(first(toTraining), first(realToTraining), comparison, repetition));
        if (world == World.PAIRED) {
            // Placed images are those asked for by captions of real ones: take these for training images.
            figures.put(
                    "memorisationVariants",
                    Memorisation.ofAsked(
                            distances(placed, real),
                            distances(placed, normal(images, 1, new SplittableRandom(seed ^ repetition * 77L))),
                            comparison.units(),
                            repetition));
        }
    }

    private void captions(
            World world, SampleUnits units, SplittableRandom random, int repetition, Map<String, Estimate> figures) {
        List<RPrecision.Caption> captions = new ArrayList<>();
        float[][] shown = new float[images][];
        double[] right = new double[images];
        double chance = 0;
        float[] embedding = {};
        for (int i = 0; i < images; i++) {
            if (i == 0 || units.unitOf()[i] != units.unitOf()[i - 1]) {
                embedding = unit(random, CAPTION);
                // Subjects differ in how easily they are right.
                chance = random.nextDouble() < 0.5 ? 0.4 : 0.95;
            }
            right[i] = random.nextDouble() < chance ? 1 : 0;
            float noise = world == World.PAIRED ? 1.5f : 3;
            float[] image = unit(random, CAPTION);
            for (int j = 0; j < CAPTION; j++) {
                image[j] = embedding[j] + noise * image[j];
            }
            shown[i] = image;
            captions.add(new RPrecision.Caption(embedding, embedding, ""));
        }
        figures.put("rPrecision", RPrecision.of(shown, captions, units, repetition));
        figures.put("classAccuracy", ClusteredMean.of(right, units).share(images, images));
    }

    private static float[] unit(SplittableRandom random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        double norm = Math.sqrt(VectorMath.product(values, values));
        for (int i = 0; i < length; i++) {
            values[i] /= (float) norm;
        }
        return values;
    }

    private static float[][] normal(int count, double scale, SplittableRandom random) {
        float[][] rows = new float[count][DIMENSIONS];
        for (float[] row : rows) {
            for (int j = 0; j < DIMENSIONS; j++) {
                row[j] = (float) (scale * random.nextGaussian());
            }
        }
        return rows;
    }

    private static float[][] distances(float[][] rows, float[][] columns) {
        return Arrays.stream(rows)
                .parallel()
                .map(row -> {
                    float[] distances = new float[columns.length];
                    for (int j = 0; j < distances.length; j++) {
                        distances[j] = (float) Math.sqrt(VectorMath.squaredDistance(row, columns[j]));
                    }
                    return distances;
                })
                .toArray(float[][]::new);
    }

    private static float[][] nearest(float[][] rows, float[][] columns, int count) {
        float[][] all = distances(rows, columns);
        for (int i = 0; i < all.length; i++) {
            Arrays.sort(all[i]);
            all[i] = Arrays.copyOf(all[i], count);
        }
        return all;
    }

    private static double[] first(float[][] rows) {
        return Arrays.stream(rows).mapToDouble(row -> row[0]).toArray();
    }
}
