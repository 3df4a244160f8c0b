package dev.limner.generator.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MiniLmTextEncoderTest {
    @TempDir
    static Path cache;

    private static TextEncoder encoder;

    @BeforeAll
    static void load() {
        encoder = MiniLmTextEncoder.load(cache, 2);
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

    private static double similarity(String a, String b) {
        float[] left = encoder.encode(a).embedding();
        float[] right = encoder.encode(b).embedding();
        double product = 0;
        for (int i = 0; i < left.length; i++) {
            product += (double) left[i] * right[i];
        }
        return product;
    }
}
