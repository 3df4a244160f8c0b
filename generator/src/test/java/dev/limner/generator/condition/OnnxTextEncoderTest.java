package dev.limner.generator.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTextEncoderTest {
    @TempDir
    static Path cache;

    private static TextEncoder encoder;

    @BeforeAll
    static void load() {
        encoder = PretrainedEncoder.MINI_LM.load(cache, 2);
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void shouldPlaceLikeCaptionsNearEachOther() {
        assertThat(similarity("red apple", "a ripe red apple"))
                .isGreaterThan(0.7)
                .isGreaterThan(similarity("red apple", "rocket") + 0.3);
        assertThat(similarity("rocket", "rocket")).isCloseTo(1, within(1e-5));
    }

    @Test
    void shouldGiveTheSameNumbersWhateverElseIsEncodedAtTheTime() {
        List<float[]> alone = IntStream.range(0, 40)
                .mapToObj(i -> encoder.encode("caption number " + i).embedding())
                .toList();

        List<float[]> together = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> encoder.encode("caption number " + i).embedding())
                .toList();

        for (int i = 0; i < alone.size(); i++) {
            assertThat(together.get(i)).containsExactly(alone.get(i));
        }
    }

    @Test
    void shouldTellWhatItCannotRead() {
        assertThat(encoder.encode("red apple").mostlyUnknown()).isFalse();
        assertThat(encoder.encode("ᚠᛇᚻ ᛒᛦᚦ").mostlyUnknown()).isTrue();
        assertThat(encoder.encode("apple ".repeat(150)).truncated()).isFalse();
        assertThat(encoder.encode("a b ".repeat(200)).truncated()).isTrue();
    }

    @Test
    void shouldReadChineseWithTheChineseEncoder() {
        try (TextEncoder chinese = PretrainedEncoder.of("bge-small-zh-v1.5-q").load(cache, 1)) {
            assertThat(chinese.encode("红苹果").mostlyUnknown()).isFalse();
            assertThat(chinese.encode("红苹果").embedding()).hasSize(chinese.dimensions());
            assertThat(similarity(chinese, "红苹果", "一个红色的苹果")).isGreaterThan(similarity(chinese, "红苹果", "火箭") + 0.15);
            assertThat(similarity(chinese, "火箭", "火箭")).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void shouldNameTheEncodersThereAre() {
        assertThatThrownBy(() -> PretrainedEncoder.of("clip"))
                .hasMessage("there is no text encoder 'clip', only all-minilm-l6-v2-q, bge-small-zh-v1.5-q");
    }

    private static double similarity(String a, String b) {
        return similarity(encoder, a, b);
    }

    private static double similarity(TextEncoder encoder, String a, String b) {
        float[] left = encoder.encode(a).embedding();
        float[] right = encoder.encode(b).embedding();
        double product = 0;
        for (int i = 0; i < left.length; i++) {
            product += (double) left[i] * right[i];
        }
        return product;
    }
}
