package dev.limner.training.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped judges on the shipped images, and raters of different kinds. */
class RewardEnsembleTest {
    private static final int OPINIONS = 600;

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;
    private static RewardFeatures eyes;
    private static List<CaptionedImage> images;

    @BeforeAll
    static void load() {
        TorchThreads.set(1);
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder.resolve("cache"), 1), 10_000);
        extractors = FeatureExtractors.read(Path.of("../data/emoji/judges-en-v2"), Device.cpu());
        eyes = new RewardFeatures(extractors);
        images = ShardFiles.read(Path.of("../data/emoji"), 64, (entry, reason, detail) -> {})
                .images(Split.TRAIN, "en");
    }

    @AfterAll
    static void close() {
        extractors.close();
        encoder.close();
    }

    @Test
    void shouldLearnWhatARaterLikesAndKnowIt() {
        List<FeedbackEntry> entries = opinions(1, RewardEnsembleTest::warmth, 0.1);

        RewardEnsemble.Learned learned =
                RewardEnsemble.learn(entries, RewardEnsemble.From.TUNER, eyes, encoder, Device.cpu(), 1);

        assertThat(learned.finding().blocked()).isNull();
        assertThat(learned.finding().agreement().value()).isGreaterThan(0.75);
        try (RewardEnsemble reward = learned.reward().orElseThrow()) {
            List<Pixels> others = images.stream()
                    .skip(700)
                    .limit(200)
                    .map(CaptionedImage::pixels)
                    .toList();
            List<float[]> captions = images.stream()
                    .skip(700)
                    .limit(200)
                    .map(image -> encoder.encode(image.captionsIn("en").get(0)).embedding())
                    .toList();
            double[] found = reward.of(others, captions);
            int right = 0;
            for (int i = 0; i + 1 < found.length; i += 2) {
                boolean warmer = warmth(others.get(i)) > warmth(others.get(i + 1));
                right += warmer == found[i] > found[i + 1] ? 1 : 0;
            }
            assertThat(right).isGreaterThan(70);
        }
    }

    @Test
    void shouldNotBelieveARaterWhoTossesACoin() {
        SplittableRandom coin = new SplittableRandom(3);

        RewardEnsemble.Learned learned = RewardEnsemble.learn(
                opinions(2, pixels -> coin.nextDouble(), 0), RewardEnsemble.From.TUNER, eyes, encoder, Device.cpu(), 1);

        assertThat(learned.reward()).isEmpty();
        assertThat(learned.finding().blocked()).startsWith("the opinions do not say what is liked");
    }

    @Test
    void shouldWaitForEnoughOpinions() {
        RewardEnsemble.Learned learned = RewardEnsemble.learn(
                opinions(1, RewardEnsembleTest::warmth, 0).subList(0, 150),
                RewardEnsemble.From.TUNER,
                eyes,
                encoder,
                Device.cpu(),
                1);

        assertThat(learned.finding().blocked()).isEqualTo("too few opinions: 150, must be at least 200");
    }

    @Test
    void shouldGiveTheSameForTheSameOpinionsAndSeed() {
        List<FeedbackEntry> entries = opinions(1, RewardEnsembleTest::warmth, 0.1);

        double[] first = scores(entries);
        double[] second = scores(entries);

        assertThat(first).isEqualTo(second);
    }

    private static double[] scores(List<FeedbackEntry> entries) {
        try (RewardEnsemble reward = RewardEnsemble.learn(
                        entries, RewardEnsemble.From.TUNER, eyes, encoder, Device.cpu(), 7)
                .reward()
                .orElseThrow()) {
            CaptionedImage image = images.get(0);
            return reward.of(
                    List.of(image.pixels()),
                    List.of(encoder.encode(image.captionsIn("en").get(0)).embedding()));
        }
    }

    /** Likes images that have more of something than the median. */
    private static List<FeedbackEntry> opinions(long seed, ToDoubleFunction<Pixels> preference, double noise) {
        SplittableRandom random = new SplittableRandom(seed);
        List<CaptionedImage> shown = images.subList(0, OPINIONS);
        double median = shown.stream()
                .mapToDouble(image -> preference.applyAsDouble(image.pixels()))
                .sorted()
                .skip(OPINIONS / 2)
                .findFirst()
                .orElseThrow();
        List<FeedbackEntry> entries = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            CaptionedImage image = shown.get(i);
            boolean likes = preference.applyAsDouble(image.pixels()) > median ^ random.nextDouble() < noise;
            String sha256 = String.format("%064x", i);
            entries.add(new FeedbackEntry(
                    new RecordPosition("feedback", 0, i),
                    Feedback.of("f" + i, ImageName.parse(sha256), new Opinion.Verdict(likes), "r", Instant.EPOCH),
                    new GeneratedImage(
                            sha256, "a".repeat(64), image.captionsIn("en").get(0), i, 0, eyes.of(image.pixels())),
                    null,
                    "r" + i % 3,
                    Instant.EPOCH));
        }
        return entries;
    }

    /** Red against blue, over the image. */
    private static double warmth(Pixels pixels) {
        double sum = 0;
        for (int i = 0; i < pixels.rgb().length; i += 3) {
            sum += (pixels.rgb()[i] & 0xFF) - (pixels.rgb()[i + 2] & 0xFF);
        }
        return sum;
    }
}
