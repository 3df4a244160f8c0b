package dev.limner.training.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Opinion;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.EvaluationPlan;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import dev.limner.training.feedback.StoredImages;
import dev.limner.training.recipe.FineTuning;
import dev.limner.training.recipe.Recipe;
import dev.limner.training.recipe.TestRecipes;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.RoundRecord;
import dev.limner.training.reward.RewardFeatures;
import dev.limner.training.step.GanTrainer;
import dev.limner.training.step.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds on a small network that has learned nothing, part of the shipped images and the shipped judges. */
class FineTuningRoundTest {
    private static final int IMAGES = 300;
    private static final int EXAMPLES = 40;
    private static final FineTuning TUNING = new FineTuning(
            60,
            1e-4,
            0.9,
            4,
            4,
            1,
            2,
            0.5,
            1e-3,
            FineTuning.Moves.MODULATION,
            new FineTuning.Examples(0.25, 5, 1e-3, 0.9, FineTuning.Moves.ALL));

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static FeatureExtractors extractors;
    private static DataSet data;
    private static FineTuningData material;
    private static ModelBundle parent;
    private static ReplayBuffer replay;
    private static RoundRecord round;
    private static FineTuningRound.Outcome whole;

    @BeforeAll
    static void load() {
        TorchThreads.set(1);
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder.resolve("cache"), 1), 10_000);
        extractors = FeatureExtractors.read(Path.of("../data/emoji/judges-en-v2"), Device.cpu());
        DataSet all = ShardFiles.read(Path.of("../data/emoji"), 64, (entry, reason, detail) -> {});
        data = new DataSet("some", all.digest(), 64, 20, all.images().subList(0, IMAGES));
        material = new FineTuningData(
                data,
                "en",
                encoder,
                extractors,
                EvaluationPlan.of(data, "en", encoder, 40, 1),
                new StoredImages(folder.resolve("store"), List.of()));
        parent = untrained();
        replay = opinions("same", false);
        round = round(replay);
        whole = run("whole", round, replay, Integer.MAX_VALUE);
    }

    @AfterAll
    static void close() {
        replay.close();
        extractors.close();
        encoder.close();
    }

    private static ModelBundle untrained() {
        Recipe recipe = TestRecipes.tiny(
                "name: default",
                "batch: 4",
                "generator: {latent: 8, text: 384, condition: 16, channels: [16, 16, 8, 8], smooth: true}",
                "discriminator: {channels: [8, 8, 16, 16], features: 16}",
                "objective: {mismatch: 0.5, gamma: 1, penaltyEvery: 8, reconstruction: 1}",
                "optimizer: {learningRate: 0.001, finalLearningRate: 0.001, decaySteps: 0, beta1: 0, beta2: 0.9,"
                        + " averageDecay: 0.9, accumulate: 1}",
                "augmentation: {translation: 0.125, cutout: 0}",
                "text: {encoder: " + encoder.id() + ", noise: 0.1}");
        Path made = folder.resolve("parent");
        try (GanTrainer training = new GanTrainer(recipe, Device.cpu())) {
            ModelBundle.write(
                    made,
                    new ModelBundle.Description(
                            recipe.name(), recipe.generator(), encoder.id(), recipe.asData(), null, List.of(), null),
                    new ModelBundle.Content(training.averaged(), training.discriminator(), null));
        }
        return ModelBundle.read(made);
    }

    @Test
    void shouldComeToTheSameCandidateWhenItIsKilledAndGoesOn() {
        assertThatThrownBy(() -> run("cut", round, replay, 55)).hasMessage("killed");
        // What comes in meanwhile is for the next round.
        replay.record(writer -> writer.add(opinion(IMAGES, data.images().get(0), true)));
        FineTuningRound.Outcome resumed = run("cut", round, replay, Integer.MAX_VALUE);

        assertThat(candidate(whole)).isNotEqualTo(parent.manifest().digest());
        assertThat(candidate(resumed)).isEqualTo(candidate(whole));
        assertThat(folder.resolve("cut/gate.html")).exists();
        assertTuned(ModelBundle.read(FineTuningRound.candidate(folder.resolve("cut"))));
    }

    @Test
    void shouldNotRunAgainWhatHasEnded() {
        FineTuningRound.Outcome again = run("whole", round, replay, 0);

        assertThat(again).hasSameClassAs(whole);
        assertThat(candidate(again)).isEqualTo(candidate(whole));
        assertThat(again.notes()).isEqualTo(whole.notes());
    }

    private static void assertTuned(ModelBundle bundle) {
        assertThat(bundle.manifest().parent()).isEqualTo(parent.manifest().digest());
        assertThat(bundle.manifest().order()).isEqualTo(1);
        assertThat(bundle.manifest()
                        .trainedOn()
                        .path("feedback")
                        .get(0)
                        .path("partition")
                        .asText())
                .isEqualTo("feedback-0");
        assertThat(bundle.manifest().metrics().path("contests").has("winRate")).isTrue();
        assertThat(bundle.probes()).isPresent();
        assertThat(bundle.discriminator()).isPresent();
        // Only what may move has moved.
        assertThat(bundle.weights().get("block0.conv1.weight").toArray())
                .isEqualTo(parent.weights().get("block0.conv1.weight").toArray());
        assertThat(bundle.weights().get("film.weight").toArray())
                .isNotEqualTo(parent.weights().get("film.weight").toArray());
    }

    @Test
    void shouldTuneNothingForARaterWhoTossesACoin() {
        try (ReplayBuffer tosses = opinions("coin", true)) {
            FineTuningRound.Outcome outcome = run("coin", round(tosses), tosses, 0);

            assertThat(outcome).isInstanceOf(FineTuningRound.Outcome.Blocked.class);
            assertThat(outcome.notes().get(0)).contains("do not say what is liked");
        }
    }

    @Test
    void shouldLearnFromExamplesAndHoldSomeBackForTheGate() throws IOException {
        Path shown = folder.resolve("examples");
        StoredImages files = new StoredImages(folder.resolve("store"), List.of(shown));
        FineTuningData withExamples = new FineTuningData(data, "en", encoder, extractors, material.plan(), files);
        try (ReplayBuffer shownTo = ReplayBuffer.open(folder.resolve("examples.db"), 10_000)) {
            Files.createDirectories(shown);
            for (int i = 0; i < EXAMPLES; i++) {
                FeedbackEntry example = example(i, data.images().get(i), shown);
                shownTo.record(writer -> writer.add(example));
            }
            Files.delete(shown.resolve("0.png"));

            FineTuningRound.Outcome outcome = run("examples", withExamples, round(shownTo), shownTo, Integer.MAX_VALUE);

            ModelBundle bundle = ModelBundle.read(FineTuningRound.candidate(folder.resolve("examples")));
            assertThat(candidate(outcome)).isEqualTo(bundle.manifest().digest());
            assertThat(bundle.manifest().metrics().path("contests").properties())
                    .singleElement()
                    .satisfies(contest -> assertThat(contest.getKey()).isEqualTo("nearerToExamples"));
            // All weights move, not only those that modulate.
            assertThat(bundle.weights().get("block0.conv1.weight").toArray())
                    .isNotEqualTo(parent.weights().get("block0.conv1.weight").toArray());
            assertThat(outcome.notes())
                    .anySatisfy(
                            note -> assertThat(note).startsWith("Examples: ").endsWith("; 1 no longer readable"));
        }
    }

    @Test
    void shouldSayWhatBecomesOfTooFewExamples() throws IOException {
        Path shown = folder.resolve("few");
        Files.createDirectories(shown);
        FineTuningData withExamples = new FineTuningData(
                data,
                "en",
                encoder,
                extractors,
                material.plan(),
                new StoredImages(folder.resolve("store"), List.of(shown)));
        try (ReplayBuffer shownTo = ReplayBuffer.open(folder.resolve("few.db"), 10_000)) {
            FeedbackEntry example = example(1, data.images().get(1), shown);
            shownTo.record(writer -> writer.add(example));

            FineTuningRound.Outcome outcome = run("few", withExamples, round(shownTo), shownTo, 0);

            assertThat(outcome).isInstanceOf(FineTuningRound.Outcome.Blocked.class);
            assertThat(outcome.notes())
                    .anySatisfy(note -> assertThat(note)
                            .startsWith("Examples: ")
                            .contains("to learn from, it takes 16")
                            .endsWith("; 0 no longer readable"));
        }
    }

    private static FeedbackEntry example(int number, CaptionedImage image, Path folder) throws IOException {
        Path file = folder.resolve(number + ".png");
        ImageIO.write(image.pixels().toImage(), "png", file.toFile());
        FeedbackEntry opinion = opinion(number, image, true);
        return new FeedbackEntry(
                opinion.origin(),
                new Feedback(
                        "example-" + number,
                        opinion.feedback().image(),
                        null,
                        List.of(),
                        null,
                        file.toUri().toString(),
                        "r",
                        Instant.EPOCH),
                opinion.image(),
                null,
                "r",
                opinion.at());
    }

    private static String candidate(FineTuningRound.Outcome outcome) {
        return switch (outcome) {
            case FineTuningRound.Outcome.Passed passed -> passed.candidate().digest();
            case FineTuningRound.Outcome.Rejected rejected ->
                rejected.candidate().digest();
            case FineTuningRound.Outcome.Blocked blocked -> throw new AssertionError(blocked.notes());
        };
    }

    private static RoundRecord round(ReplayBuffer replay) {
        return replay.rounds().start("test", parent.manifest().digest(), replay.last(), 7, Instant.EPOCH);
    }

    /** @param killAt number of the step after which the round ends as if killed */
    private static FineTuningRound.Outcome run(String name, RoundRecord round, ReplayBuffer replay, int killAt) {
        return run(name, material, round, replay, killAt);
    }

    private static FineTuningRound.Outcome run(
            String name, FineTuningData from, RoundRecord round, ReplayBuffer replay, int killAt) {
        return new FineTuningRound(
                        from, TUNING, Device.cpu(), new DutyCycle(1), folder.resolve(name), new RoundListener() {
                            @Override
                            public void at(String stage) {}

                            @Override
                            public void stepped(StepReport report, int of) {
                                if (report.step() >= killAt) {
                                    throw new IllegalStateException("killed");
                                }
                            }
                        })
                .run(round, new Lineage(parent, parent, 0), replay);
    }

    /** Likes of dark images, or of any. */
    private static ReplayBuffer opinions(String name, boolean coin) {
        ReplayBuffer replay = ReplayBuffer.open(folder.resolve(name + ".db"), 10_000);
        SplittableRandom random = new SplittableRandom(5);
        List<CaptionedImage> images = data.images();
        double[] sorted = images.stream()
                .mapToDouble(image -> darkness(image.pixels()))
                .sorted()
                .toArray();
        List<FeedbackEntry> entries = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            CaptionedImage image = images.get(i);
            boolean likes = coin ? random.nextBoolean() : darkness(image.pixels()) > sorted[sorted.length / 2];
            entries.add(opinion(i, image, likes));
        }
        replay.record(writer -> entries.forEach(writer::add));
        return replay;
    }

    private static FeedbackEntry opinion(int number, CaptionedImage image, boolean likes) {
        String sha256 = String.format("%064x", number);
        String caption = image.captionsIn("en").get(0);
        return new FeedbackEntry(
                new RecordPosition("feedback", 0, number),
                Feedback.of("f" + number, ImageName.parse(sha256), new Opinion.Verdict(likes), "r", Instant.EPOCH),
                new GeneratedImage(
                        sha256, "a".repeat(64), caption, number, 0, new RewardFeatures(extractors).of(image.pixels())),
                null,
                "r",
                Instant.ofEpochSecond(number));
    }

    private static double darkness(Pixels pixels) {
        double sum = 0;
        for (byte value : pixels.rgb()) {
            sum -= value & 0xFF;
        }
        return sum;
    }
}
