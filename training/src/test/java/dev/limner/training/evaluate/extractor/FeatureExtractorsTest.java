package dev.limner.training.evaluate.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import dev.limner.training.evaluate.metric.VectorMath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractorsTest {
    private static final int SIDE = 16;
    private static final int STEPS = 120;
    private static final List<String> COLOURS = List.of("red", "green", "blue");

    @TempDir
    static Path cache;

    @TempDir
    Path folder;

    private static TextEncoder encoder;

    @BeforeAll
    static void load() {
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(cache, 2), 1000);
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void shouldLearnToTellClassesAndCaptionsApart() {
        DataSet data = data(true);
        train(data, 1, folder, STEPS);

        try (FeatureExtractors extractors = FeatureExtractors.read(folder, Device.cpu())) {
            List<CaptionedImage> test = data.images(Split.TEST, "en");
            List<Pixels> pictures = test.stream().map(CaptionedImage::pixels).toList();
            int[] found = extractors.classify(pictures);
            float[][] where = extractors.imageVectors(pictures);
            float[][] words = extractors.textVectors(COLOURS.stream()
                    .map(colour -> encoder.encode("a " + colour + " square").embedding())
                    .toList());
            for (int i = 0; i < found.length; i++) {
                int expected = COLOURS.indexOf(test.get(i).label());
                assertThat(extractors.description().labels().get(found[i])).isEqualTo(COLOURS.get(expected));
                for (int other = 0; other < COLOURS.size(); other++) {
                    if (other != expected) {
                        assertThat(VectorMath.product(where[i], words[expected]))
                                .isGreaterThan(VectorMath.product(where[i], words[other]));
                    }
                }
            }
            assertThat(extractors.features(pictures)[0]).hasSize(64).doesNotContain(Float.NaN);
            assertThat(extractors.randomFeatures(pictures)[0])
                    .isNotEqualTo(extractors.features(pictures)[0]);
        }
    }

    @Test
    void shouldBeMadeAgainFromTheirSeed() throws IOException {
        DataSet data = data(false);

        train(data, 3, folder.resolve("a"), 5);
        train(data, 3, folder.resolve("b"), 5);
        train(data, 4, folder.resolve("c"), 5);

        assertThat(weights("b")).isEqualTo(weights("a")).isNotEqualTo(weights("c"));
        try (FeatureExtractors extractors = FeatureExtractors.read(folder.resolve("a"), Device.cpu())) {
            assertThat(extractors.description().labels()).isEmpty();
            assertThat(extractors.description().classes()).isGreaterThan(1);
            CaptionedImage image = data.images().get(0);
            float[] embedding = encoder.encode(image.captionsIn("en").get(0)).embedding();
            assertThat(extractors.classOf(image, embedding))
                    .isBetween(0, extractors.description().classes() - 1);
        }
    }

    @Test
    void shouldSayWhatTheyLearnedFromAndHowWellTheyReadTheRest() {
        DataSet data = data(true);
        train(data, 1, folder, STEPS);

        try (FeatureExtractors extractors = FeatureExtractors.read(folder, Device.cpu())) {
            ExtractorOrigin origin = extractors.description().origin();
            assertThat(origin).isNotNull();
            assertThat(origin.kind()).isEqualTo(ExtractorOrigin.Kind.HALF);
            assertThat(origin.images()).isEqualTo(35);
            assertThat(origin.learned().images()).isEqualTo(35);
            assertThat(origin.heldOut().images()).isEqualTo(35);
            assertThat(origin.heldOut().accuracy()).isGreaterThan(0.9);
            assertThat(origin.heldOut().isReadable()).isTrue();
            Contamination contamination = Contamination.of(extractors, data);
            assertThat(contamination).isEqualTo(new Contamination(70, 35, 20, 0, true, List.of()));
            assertThat(contamination.isClean()).isFalse();
            assertThat(extractors.misfit(data, "en", encoder.id())).isEmpty();
            assertThat(extractors.misfit(data, "zh", encoder.id())).isPresent();
            DataSet swapped = new DataSet(
                    "swapped",
                    data.digest(),
                    SIDE,
                    20,
                    data.images().stream()
                            .map(image -> new CaptionedImage(
                                    "other " + image.key(),
                                    image.pixels(),
                                    image.captions(),
                                    image.label(),
                                    image.split() == Split.TRAIN ? Split.TEST : Split.TRAIN))
                            .toList());
            assertThat(extractors.misfit(swapped, "en", encoder.id()))
                    .hasValueSatisfying(why -> assertThat(why).contains("from 35 of the 70 held-out ones"));
        }
    }

    @Test
    void shouldNotTakeAnotherListOfImagesForTheirs() throws IOException {
        train(data(true), 1, folder, 1);
        Files.writeString(folder.resolve("judges.images"), "");

        assertThatThrownBy(() -> FeatureExtractors.read(folder, Device.cpu()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("is not the list that judges.json names");
    }

    @Test
    void shouldReadTheFirstVersionAndSayThatItSawTheTrainingImages() {
        Path emoji = Path.of("../data/emoji");
        DataSet data = ShardFiles.read(emoji, 64, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
        try (FeatureExtractors first = FeatureExtractors.read(emoji.resolve("judges-en-v1"), Device.cpu())) {
            Contamination contamination = Contamination.of(first, data);
            assertThat(contamination.trainingSeen()).isEqualTo(contamination.training());
            assertThat(contamination.heldOutSeen()).isZero();
            assertThat(Contamination.of(first, data(true)).known()).isFalse();
        }
    }

    @Test
    void shouldSayWhereThereAreNone() {
        assertThat(FeatureExtractors.in(folder)).isFalse();
        assertThatThrownBy(() -> FeatureExtractors.read(folder, Device.cpu()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("judges cannot be read from " + folder);
    }

    @Test
    void shouldSeeImagesAlikeInEveryLanguage() {
        DataSet data = data(false);
        DataSet both = new DataSet(
                "squares",
                data.digest(),
                SIDE,
                20,
                data.images().stream()
                        .map(image -> new CaptionedImage(
                                image.key(),
                                image.pixels(),
                                Map.of("en", image.captionsIn("en"), "de", List.of("Bild " + image.key())),
                                null,
                                image.split()))
                        .toList());
        ExtractorTraining.run(
                ExtractorMaterial.within(both, List.of("en", "de")),
                List.of(
                        new ExtractorTraining.Target("en", encoder, folder.resolve("en")),
                        new ExtractorTraining.Target("de", encoder, folder.resolve("de"))),
                1,
                Device.cpu(),
                5,
                percent -> {});

        List<Pixels> images =
                both.images().stream().limit(3).map(CaptionedImage::pixels).toList();
        List<float[]> caption = List.of(encoder.encode("a red square").embedding());
        try (FeatureExtractors english = FeatureExtractors.read(folder.resolve("en"), Device.cpu());
                FeatureExtractors german = FeatureExtractors.read(folder.resolve("de"), Device.cpu())) {
            assertThat(german.features(images)).isEqualTo(english.features(images));
            assertThat(german.imageVectors(images)).isEqualTo(english.imageVectors(images));
            assertThat(german.textVectors(caption)).isNotEqualTo(english.textVectors(caption));
            assertThat(german.description().language()).isEqualTo("de");
        }
    }

    private static void train(DataSet data, long seed, Path folder, int steps) {
        ExtractorTraining.run(
                ExtractorMaterial.within(data, List.of("en")),
                List.of(new ExtractorTraining.Target("en", encoder, folder)),
                seed,
                Device.cpu(),
                steps,
                percent -> {});
    }

    private byte[] weights(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name).resolve("judges.safetensors"));
    }

    private static DataSet data(boolean labelled) {
        SplittableRandom random = new SplittableRandom(1);
        List<CaptionedImage> images = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            int colour = i % COLOURS.size();
            byte[] rgb = new byte[3 * SIDE * SIDE];
            for (int at = 0; at < rgb.length; at++) {
                rgb[at] = (byte) (at % 3 == colour ? 180 + random.nextInt(70) : random.nextInt(90));
            }
            @Nullable String label = labelled ? COLOURS.get(colour) : null;
            images.add(new CaptionedImage(
                    "k" + i,
                    new Pixels(SIDE, SIDE, rgb),
                    Map.of("en", List.of("a " + COLOURS.get(colour) + " square", "number " + i)),
                    label,
                    i < 70 ? Split.TRAIN : Split.TEST));
        }
        return new DataSet("squares", "0".repeat(64), SIDE, 20, images);
    }
}
