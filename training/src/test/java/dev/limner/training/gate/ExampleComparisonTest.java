package dev.limner.training.gate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.evaluate.extractor.FeatureExtractors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flags as examples, among images of other things. */
class ExampleComparisonTest {
    private static final int COUNT = 30;

    private static FeatureExtractors extractors;
    private static List<Pixels> flags;
    private static List<Pixels> others;
    private static ExampleComparison contest;

    @BeforeAll
    static void load() {
        Path emoji = Path.of("../data/emoji");
        extractors = FeatureExtractors.read(emoji.resolve("judges-en-v2"), Device.cpu());
        List<CaptionedImage> all =
                ShardFiles.read(emoji, 64, (entry, reason, detail) -> {}).images();
        flags = pixels(all, true, 2 * COUNT);
        others = pixels(all, false, 8 * COUNT);
        contest = new ExampleComparison(extractors, List.of(), flags.subList(0, COUNT), others);
    }

    @AfterAll
    static void close() {
        extractors.close();
    }

    private static List<Pixels> pixels(List<CaptionedImage> images, boolean flag, int count) {
        return images.stream()
                .filter(image -> image.captionsIn("en").get(0).startsWith("flag:") == flag)
                .limit(count)
                .map(CaptionedImage::pixels)
                .toList();
    }

    @Test
    void shouldBeWonByFlagsAgainstOtherThings() {
        double won = mean(contest.wins(flags.subList(COUNT, 2 * COUNT), others.subList(0, COUNT)));

        assertThat(won).isGreaterThan(0.8);
        assertThat(mean(contest.wins(others.subList(0, COUNT), flags.subList(COUNT, 2 * COUNT))))
                .isLessThan(0.2);
    }

    @Test
    void shouldTellTheFlagThatWasAskedForFromOthers() {
        List<Pixels> amongFlags = flags.subList(0, 2 * COUNT);
        ExampleComparison finer = new ExampleComparison(extractors, List.of(), flags.subList(0, COUNT), amongFlags);

        assertThat(mean(finer.wins(flags.subList(0, COUNT), flags.subList(COUNT, 2 * COUNT))))
                .isEqualTo(1);
    }

    @Test
    void shouldBeEvenForTheSameImages() {
        List<Pixels> generated = others.subList(COUNT, 2 * COUNT);

        assertThat(contest.wins(generated, generated)).containsOnly(0.5);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
