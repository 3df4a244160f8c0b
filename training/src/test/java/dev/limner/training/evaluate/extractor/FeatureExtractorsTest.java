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
        ExtractorTraining.run(data, "en", encoder, 1, Device.cpu(), folder, STEPS, percent -> {});

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

        ExtractorTraining.run(data, "en", encoder, 3, Device.cpu(), folder.resolve("a"), 5, percent -> {});
        ExtractorTraining.run(data, "en", encoder, 3, Device.cpu(), folder.resolve("b"), 5, percent -> {});
        ExtractorTraining.run(data, "en", encoder, 4, Device.cpu(), folder.resolve("c"), 5, percent -> {});

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
    void shouldSayWhereThereAreNone() {
        assertThat(FeatureExtractors.in(folder)).isFalse();
        assertThatThrownBy(() -> FeatureExtractors.read(folder, Device.cpu()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("judges cannot be read from " + folder);
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
