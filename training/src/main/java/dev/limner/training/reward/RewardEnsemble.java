package dev.limner.training.reward;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.network.InputValues;
import dev.limner.generator.network.Layers;
import dev.limner.protocol.Digests;
import dev.limner.training.evaluate.metric.Estimate;
import dev.limner.training.replay.FeedbackEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An ensemble of heads that say how much an image of a caption would be liked, each in units of its own spread over what
 * it learned from. Where they disagree nothing is known. Owns its native memory; one thread.
 */
public final class RewardEnsemble implements AutoCloseable {
    /** Opinions below which nothing is learned. */
    public static final int FEWEST = 200;

    private static final int HEADS = 5;
    private static final double LEAST_AGREEMENT = 0.65;
    private static final double LEAST_OF_GATE = 0.6;
    private static final double CHANCE = 0.5;
    private static final double TRAINED_ON = 0.8;
    private static final int BATCH = 64;
    private static final int CHANNELS = 3;

    private final NDManager manager;
    private final RewardFeatures eyes;
    private final List<RewardHead> heads;
    private final float[] mean;
    private final float[] deviation;

    private RewardEnsemble(NDManager manager, RewardFeatures eyes, PreferenceData lessons, int inputs, long seed) {
        this.manager = manager;
        this.eyes = eyes;
        this.heads = new ArrayList<>();
        this.mean = new float[HEADS];
        this.deviation = new float[HEADS];
        List<float[]> seen = Stream.concat(
                        lessons.marks().stream().map(PreferenceData.RatedExample::input),
                        lessons.pairs().stream().flatMap(pair -> Stream.of(pair.better(), pair.worse())))
                .toList();
        for (int head = 0; head < HEADS; head++) {
            RewardHead learned = RewardHead.train(manager, lessons, inputs, seed * HEADS + head);
            heads.add(learned);
            try (NDManager temporary = manager.newSubManager()) {
                float[] values =
                        learned.of(RewardHead.rows(temporary, seen, inputs)).toFloatArray();
                double average = average(values);
                double squares = 0;
                for (float value : values) {
                    squares += (value - average) * (value - average);
                }
                mean[head] = (float) average;
                deviation[head] = (float) Math.max(Math.sqrt(squares / values.length), 1e-6);
            }
        }
    }

    private static double average(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /**
     * What was found out about a buffer's opinions.
     *
     * @param opinions learned from and checked with
     * @param raters who gave them
     * @param agreement how often the reward puts the better image above the worse one, over opinions that were given
     *     after those it learned from; absent where there are too few
     * @param blocked why nothing is to be done with it; absent if something is
     */
    public record Finding(
            int opinions,
            int raters,
            @Nullable Estimate agreement,
            @Nullable String blocked) {}

    /**
     * What came of learning.
     *
     * @param reward absent where the finding is that nothing is to be done; else for the caller to close
     */
    public record Learned(Optional<RewardEnsemble> reward, Finding finding) {}

    /** Which captions' opinions to learn from. */
    public enum From {
        /** Those the tuner may follow. */
        TUNER,
        /** The others, by which the gate judges what the tuner made of it. */
        GATE;

        private static final int GATE_TENTHS = 3;

        /** Whom a caption is for; fixed by a hash. */
        public static From of(String caption) {
            return Math.floorMod(Digests.fingerprint("gate " + caption), 10) < GATE_TENTHS ? GATE : TUNER;
        }
    }

    /**
     * Learns from the earlier opinions and checks itself with the later ones.
     *
     * @param encoder the judges' text encoder
     */
    public static Learned learn(
            List<FeedbackEntry> entries,
            From from,
            RewardFeatures eyes,
            TextEncoder encoder,
            Device device,
            long seed) {
        long opinions = entries.stream().filter(PreferenceData::isIn).count();
        PreferenceData lessons = PreferenceData.of(
                entries.stream()
                        .filter(entry -> From.of(entry.image().caption()) == from)
                        .toList(),
                eyes,
                encoder);
        if (opinions < FEWEST) {
            return blocked(lessons, null, "too few opinions: " + opinions + ", must be at least " + FEWEST);
        }
        PreferenceData earlier = lessons.between(0, TRAINED_ON);
        PreferenceData later = lessons.between(TRAINED_ON, 1);
        if (earlier.size() == 0) {
            return blocked(lessons, null, "no opinion of any caption that is for " + from);
        }
        int inputs = earlier.marks().isEmpty()
                ? earlier.pairs().get(0).better().length
                : earlier.marks().get(0).input().length;
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        RewardEnsemble reward = new RewardEnsemble(manager, eyes, earlier, inputs, seed);
        Optional<Estimate> agreement = RewardAgreement.of(later, reward::of, seed);
        String complaint = complaint(agreement, from);
        if (complaint != null) {
            reward.close();
            return blocked(lessons, agreement.orElse(null), complaint);
        }
        return new Learned(
                Optional.of(reward), new Finding(lessons.size(), lessons.raters(), agreement.orElse(null), null));
    }

    private static @Nullable String complaint(Optional<Estimate> agreement, From from) {
        if (agreement.isEmpty()) {
            return "the last opinions hold too few likes and dislikes to compare";
        }
        Estimate found = agreement.get();
        boolean believed = switch (from) {
            case TUNER -> found.value() >= LEAST_AGREEMENT && found.low() > CHANCE;
            // The gate's captions are fewer; what it measures with them has an interval of its own.
            case GATE -> found.value() >= LEAST_OF_GATE;
        };
        return believed
                ? null
                : String.format(
                        Locale.ROOT,
                        "the opinions do not say what is liked: what was learned from the earlier ones is right on"
                                + " %.2f (%.2f to %.2f) of the later ones, chance is %.1f",
                        found.value(),
                        found.low(),
                        found.high(),
                        CHANCE);
    }

    private static Learned blocked(PreferenceData lessons, @Nullable Estimate agreement, String why) {
        return new Learned(Optional.empty(), new Finding(lessons.size(), lessons.raters(), agreement, why));
    }

    private double of(float[] input) {
        try (NDManager temporary = manager.newSubManager()) {
            return average(all(RewardHead.rows(temporary, List.of(input), input.length))
                    .toFloatArray());
        }
    }

    /** (n, inputs) to (n, heads). */
    private NDArray all(NDArray inputs) {
        NDList columns = new NDList();
        for (int head = 0; head < HEADS; head++) {
            columns.add(Layers.scale(heads.get(head).of(inputs).sub(mean[head]), 1.0 / deviation[head]));
        }
        return NDArrays.stack(columns, 1);
    }

    /** What the reward sees of captions, for {@link #of(NDArray, NDArray)}: (n, caption). */
    public NDArray captions(NDManager owner, List<float[]> embeddings) {
        List<float[]> rows = Arrays.stream(eyes.captions(embeddings))
                .map(PreferenceData::scaled)
                .toList();
        return RewardHead.rows(owner, rows, rows.get(0).length);
    }

    /**
     * What every head thinks; a gradient passes through.
     *
     * @param images (n, 3, side, side) in [-1, 1]
     * @param captions as {@link #captions} gives them
     * @return (n, heads)
     */
    public NDArray of(NDArray images, NDArray captions) {
        return all(eyes.of(images).concat(captions, 1));
    }

    /** The heads' mean for each image. */
    public double[] of(List<Pixels> images, List<float[]> embeddings) {
        double[] means = new double[images.size()];
        for (int from = 0; from < images.size(); from += BATCH) {
            int to = Math.min(from + BATCH, images.size());
            List<Pixels> some = images.subList(from, to);
            int side = some.get(0).width();
            try (NDManager temporary = manager.newSubManager()) {
                NDArray array =
                        temporary.create(InputValues.images(some), new Shape(some.size(), CHANNELS, side, side));
                float[] values = of(array, captions(temporary, embeddings.subList(from, to)))
                        .mean(new int[] {1})
                        .toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    means[from + i] = values[i];
                }
            }
        }
        return means;
    }

    @Override
    public void close() {
        manager.close();
    }
}
