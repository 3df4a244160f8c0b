package dev.limner.training.data.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmojiCodeTest {
    /** As emojibase, OpenMoji and the Fluent packages name one emoji. */
    @ParameterizedTest
    @CsvSource({
        "2764-FE0F, 2764",
        "00AE, 00ae",
        "ae-fe0f, 00ae",
        "23-fe0f-20e3, 0023-20e3",
        "1F441-FE0F-200D-1F5E8-FE0F, 1f441-200d-1f5e8",
        "1f3f4-e0067_e0062_e0073_e0063_e0074, 1f3f4-e0067-e0062-e0073-e0063-e0074-e007f",
        "1F3F4-E0067-E0062-E0073-E0063-E0074-E007F, 1f3f4-e0067-e0062-e0073-e0063-e0074-e007f",
    })
    void shouldReadEveryPackagesSpelling(String written, String code) {
        assertThat(EmojiCode.parse(written).orElseThrow().text()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "cat", "1f431-", "fe0f", "1f431 1f431", "1234567"})
    void shouldTakeNothingElseForACode(String written) {
        assertThat(EmojiCode.parse(written)).isEmpty();
        assertThat(EmojiCode.parse("1f431-".repeat(40) + "1f431")).isEmpty();
    }

    /** Each line an emoji and the family that all of its variants are in. */
    @ParameterizedTest
    @CsvSource({
        "1f431, 1f431",
        "1f44d-1f3ff, 1f44d",
        "1f3fb, 1f3fb",
        "1f468-200d-1f4bb, 1f9d1-200d-1f4bb",
        "1f469-1f3fd-200d-1f4bb, 1f9d1-200d-1f4bb",
        "1f3c3-200d-2642-fe0f-200d-27a1-fe0f, 1f3c3",
        "1f469-200d-1f9b0, 1f9d1",
        "1f468, 1f9d1",
        "1f475, 1f9d3",
        "1f478, 1fac5",
        "1f9d1-200d-1f384, 1f385",
        "1f936, 1f385",
        "1f468-200d-2764-fe0f-200d-1f468, 1f491",
        "1f469-200d-2764-fe0f-200d-1f48b-200d-1f468, 1f48f",
        "1f9d1-200d-1f91d-200d-1f9d1, 1f46b",
        "1f46d, 1f46b",
        "1f468-200d-1f469-200d-1f467-200d-1f466, 1f46a",
        "1f469-200d-1f466, 1f46a",
        "2764-fe0f-200d-1f525, 2764-200d-1f525",
        "1f3f3-fe0f-200d-1f308, 1f3f3-200d-1f308",
        "1f1e9-1f1ea, 1f1e9-1f1ea",
    })
    void shouldPutVariantsOfOneEmojiInOneFamily(String written, String family) {
        assertThat(EmojiCode.parse(written).orElseThrow().family().text()).isEqualTo(family);
    }

    @Test
    void shouldHaveOneFamilyOfAFamily() {
        EmojiCode technologist = EmojiCode.parse("1f9d1-200d-1f4bb").orElseThrow();

        assertThat(technologist.family()).isEqualTo(technologist);
    }
}
