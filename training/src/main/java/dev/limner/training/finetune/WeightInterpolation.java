package dev.limner.training.finetune;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.Safetensors;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.TrainableGenerator;
import dev.limner.generator.render.Renderer;
import dev.limner.training.augment.EmbeddingNoise;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.ImageSource;
import dev.limner.training.evaluate.metric.KernelInceptionDistance;
import dev.limner.training.evaluate.metric.SlicedWasserstein;
import dev.limner.training.evaluate.metric.VectorMath;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * How far to go from the released weights towards the tuned ones: as far as what is generated for training captions stays as
 * near to the training images as the gate will ask of other captions. What people like pulls harder with some preferences
 * than with others, and a weight of the reward that suits all of them does not exist; the weights in between do (Wortsman
 * et al. 2022). Looks at training images and noise of its own, never at the gate's. One thread.
 *
 * <p>What learns a new kind of things from examples is also asked for what lies between training captions: those stay what
 * they were, the adversary sees to it, while what no caption holds in place is generated a little more like the new.
 */
final class WeightInterpolation {
    private static final double[] SHARES = {1, 0.8, 0.6, 0.45, 0.3, 0.2};
    private static final int SUBJECTS = 500;
    private static final int DRAWS = 5;
    private static final Allowed OF_PARENT = new Allowed(1.025, 1);
    private static final Allowed OF_FIRST = new Allowed(1.075, 3);

    /**
     * Half of what the gate allows, since training captions are the last to suffer.
     *
     * @param further times as far from real images
     * @param sigmas of what one draw differs from the next by: near zero, where a share means nothing, this counts
     */
    private record Allowed(double further, double sigmas) {}

    private final FineTuningData material;
    private final TrainableGenerator generator;
    private final Device device;
    private final long seed;
    private final List<Captions> asked;
    private final List<CaptionedImage> subjects;
    private final float[][] real;

    /** What is generated. */
    private enum Captions {
        TRAINING(0, "Training captions"),
        /** Each with some of the next one's meaning in it: captions that training never saw. */
        BETWEEN(0.3, "Between them");

        private final double ofTheNext;
        private final String text;

        Captions(double ofTheNext, String text) {
            this.ofTheNext = ofTheNext;
            this.text = text;
        }
    }

    /**
     * @param seed of the choice of captions and of the noise
     * @param learnsExamples whether the tuned weights have learned a new kind of things
     */
    WeightInterpolation(
            FineTuningData material, TrainableGenerator generator, Device device, long seed, boolean learnsExamples) {
        this.material = material;
        this.generator = generator;
        this.device = device;
        this.seed = seed;
        this.asked = learnsExamples ? List.of(Captions.values()) : List.of(Captions.TRAINING);
        List<CaptionedImage> train = material.data().images(Split.TRAIN, material.language());
        int count = Math.min(SUBJECTS, train.size() / 2);
        List<CaptionedImage> some = Arrays.stream(
                        VectorMath.sample(train.size(), 2 * count, new SplittableRandom(seed)))
                .mapToObj(train::get)
                .toList();
        this.subjects = some.subList(0, count);
        // Of other captions than those generated: an image and the one it was learned from are no independent samples,
        // and
        // the estimate comes out below zero, where a share of it means nothing.
        this.real = material.extractors()
                .features(some.subList(count, some.size()).stream()
                        .map(CaptionedImage::pixels)
                        .toList());
    }

    /**
     * What was decided.
     *
     * @param share of the way, from 0 to 1
     * @param weights there
     * @param note for people
     */
    record Taken(double share, Map<String, Safetensors.Tensor> weights, String note) {}

    private record Distance(double kid, double slicedWasserstein) {
        boolean isWithin(Distance other) {
            return kid <= other.kid && slicedWasserstein <= other.slicedWasserstein;
        }

        Distance nearer(Distance other) {
            return new Distance(Math.min(kid, other.kid), Math.min(slicedWasserstein, other.slicedWasserstein));
        }
    }

    /** The furthest point that does no harm; the nearest there is if all of them do, for the gate to judge. */
    Taken from(Lineage line, Map<String, Safetensors.Tensor> tuned) {
        ModelBundle parent = line.parent();
        Map<Captions, Distance> limits = new EnumMap<>(Captions.class);
        Map<Captions, StringBuilder> tried = new EnumMap<>(Captions.class);
        for (Captions captions : asked) {
            List<Distance> before = distances(parent.weights(), captions);
            Distance limit = limit(before, OF_PARENT);
            if (line.isTuned()) {
                limit = limit.nearer(limit(distances(line.first().weights(), captions), OF_FIRST));
            }
            limits.put(captions, limit);
            tried.put(
                    captions,
                    new StringBuilder(String.format(
                            Locale.ROOT,
                            "%s, before: kid %.5f, limit %.5f",
                            captions.text,
                            mean(before).kid,
                            limit.kid)));
        }
        for (double share : SHARES) {
            Map<String, Safetensors.Tensor> between = between(parent.weights(), tuned, share);
            boolean harmless = true;
            for (Captions captions : asked) {
                Distance now = mean(distances(between, captions));
                Objects.requireNonNull(tried.get(captions))
                        .append(String.format(Locale.ROOT, "; %.2f of the way: kid %.5f", share, now.kid));
                harmless &= now.isWithin(Objects.requireNonNull(limits.get(captions)));
            }
            if (harmless || share == SHARES[SHARES.length - 1]) {
                return new Taken(share, between, String.join(". ", tried.values()));
            }
        }
        throw new IllegalStateException("the last share is always taken");
    }

    private static Distance limit(List<Distance> distances, Allowed allowed) {
        return new Distance(
                limit(distances.stream().mapToDouble(Distance::kid).toArray(), allowed),
                limit(
                        distances.stream()
                                .mapToDouble(Distance::slicedWasserstein)
                                .toArray(),
                        allowed));
    }

    private static double limit(double[] values, Allowed allowed) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.max(allowed.further * mean, mean + allowed.sigmas * Math.sqrt(squares / (values.length - 1)));
    }

    private static Distance mean(List<Distance> distances) {
        return new Distance(
                distances.stream().mapToDouble(Distance::kid).average().orElseThrow(),
                distances.stream()
                        .mapToDouble(Distance::slicedWasserstein)
                        .average()
                        .orElseThrow());
    }

    private List<Distance> distances(Map<String, Safetensors.Tensor> weights, Captions captions) {
        List<Distance> distances = new ArrayList<>();
        try (Renderer renderer = Renderer.of(generator, weights, device)) {
            for (int draw = 0; draw < DRAWS; draw++) {
                List<ImageSource.Prompt> prompts = new ArrayList<>();
                for (int i = 0; i < subjects.size(); i++) {
                    prompts.add(new ImageSource.Prompt(
                            caption(i), embedding(i, captions), seed * 6_700_417 + draw * 100_003L + prompts.size()));
                }
                List<Pixels> images = ImageSource.of(renderer).generate(prompts);
                float[][] generated = material.extractors().features(images);
                distances.add(new Distance(
                        KernelInceptionDistance.between(real, generated),
                        SlicedWasserstein.between(real, generated, seed)));
            }
        }
        return distances;
    }

    private String caption(int subject) {
        return subjects.get(subject).trainingCaptions(material.language()).get(0);
    }

    private float[] embedding(int subject, Captions captions) {
        float[] mine = material.encoder().encode(caption(subject)).embedding();
        if (captions.ofTheNext == 0) {
            return mine;
        }
        String next = caption((subject + 1) % subjects.size());
        return EmbeddingNoise.towards(mine, material.encoder().encode(next).embedding(), captions.ofTheNext);
    }

    private static Map<String, Safetensors.Tensor> between(
            Map<String, Safetensors.Tensor> from, Map<String, Safetensors.Tensor> to, double share) {
        if (share == 1) {
            return to;
        }
        Map<String, Safetensors.Tensor> between = new LinkedHashMap<>();
        to.forEach((name, tensor) -> {
            float[] values = tensor.toArray();
            float[] old = Objects.requireNonNull(from.get(name), name).toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (old[i] + share * (values[i] - old[i]));
            }
            between.put(name, new Safetensors.Tensor(tensor.shape(), FloatBuffer.wrap(values)));
        });
        return between;
    }
}
