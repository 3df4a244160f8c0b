package dev.limner.testkit.bench.learn;

import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.evaluate.metric.Bootstrap;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.evaluate.metric.VectorMath;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Whether images show their captions: R-precision, the dual encoder's pick among the caption and 99 others of the whole
 * data set; whether they are taken for the class of things they should be of; and how far they are from the real image of
 * the caption, in the judges' features.
 *
 * @param extractors of the whole data set, which know what was left out; stay the caller's
 */
record CaptionRecognition(FeatureExtractors extractors, TextEncoder encoder, List<float[]> captions, long seed) {
    private static final int OTHERS = 99;

    static CaptionRecognition of(DataSet all, FeatureExtractors extractors, TextEncoder encoder, long seed) {
        List<float[]> embeddings = all.images().stream()
                .map(image -> encoder.encode(plainest(image)).embedding())
                .toList();
        return new CaptionRecognition(extractors, encoder, List.of(extractors.textVectors(embeddings)), seed);
    }

    static String plainest(CaptionedImage image) {
        return image.captionsIn(HeldOutClass.LANGUAGE).get(0);
    }

    /**
     * What is found of images of one kind.
     *
     * @param recognised share for which the caption is picked among a hundred
     * @param ofClass share that is taken for the right class of things
     * @param distances of each from the real image
     */
    record Found(Estimate recognised, Estimate ofClass, List<Double> distances) {
        Found {
            distances = List.copyOf(distances);
        }

        double distance() {
            return distances.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }

        /** How often an image is nearer to the real one than another's of the same caption and noise; equals count half. */
        Estimate nearerThan(Found other, long seed) {
            double[] wins = IntStream.range(0, distances.size())
                    .mapToDouble(i -> 0.5 * (1 + Math.signum(other.distances.get(i) - distances.get(i))))
                    .toArray();
            return Bootstrap.mean(wins, seed);
        }
    }

    /** Generates each image's plainest caption; the same noise for whoever generates. */
    List<Pixels> generate(ImageSource imageSource, List<CaptionedImage> images) {
        List<ImageSource.Prompt> prompts = new ArrayList<>();
        for (CaptionedImage image : images) {
            prompts.add(new ImageSource.Prompt(plainest(image), embedding(image), seed * 7_919 + prompts.size()));
        }
        return imageSource.generate(prompts);
    }

    /** @param generated one image for each image's plainest caption */
    Found of(List<CaptionedImage> images, List<Pixels> generated) {
        float[][] pictures = extractors.imageVectors(generated);
        float[][] features = extractors.features(generated);
        float[][] wanted =
                extractors.features(images.stream().map(CaptionedImage::pixels).toList());
        float[][] own =
                extractors.textVectors(images.stream().map(this::embedding).toList());
        int[] classes = extractors.classify(generated);
        SplittableRandom random = new SplittableRandom(seed);
        double[] recognised = new double[generated.size()];
        double[] ofClass = new double[generated.size()];
        List<Double> distances = new ArrayList<>();
        for (int i = 0; i < recognised.length; i++) {
            double mine = VectorMath.product(pictures[i], own[i]);
            boolean best = true;
            for (int other = 0; other < OTHERS; other++) {
                float[] caption = captions.get(random.nextInt(captions.size()));
                // The same caption again would be a tie with itself.
                boolean same = VectorMath.squaredDistance(caption, own[i]) == 0;
                best &= same || VectorMath.product(pictures[i], caption) < mine;
            }
            recognised[i] = best ? 1 : 0;
            CaptionedImage image = images.get(i);
            ofClass[i] = classes[i] == extractors.classOf(image, embedding(image)) ? 1 : 0;
            distances.add(Math.sqrt(VectorMath.squaredDistance(features[i], wanted[i])));
        }
        return new Found(Bootstrap.mean(recognised, seed), Bootstrap.mean(ofClass, seed), distances);
    }

    private float[] embedding(CaptionedImage image) {
        return encoder.encode(plainest(image)).embedding();
    }
}
