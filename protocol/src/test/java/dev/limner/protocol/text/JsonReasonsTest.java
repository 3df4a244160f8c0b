package dev.limner.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record that is not what it should be is named as its writer knows it. */
class JsonReasonsTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    enum Kind {
        ROUND,
        SQUARE,
        @JsonProperty("half-round")
        HALF_ROUND
    }

    record Inner(int count, double share, List<Integer> sides, Kind kind) {
        Inner {
            if (sides.contains(13)) {
                throw new NullPointerException();
            }
            if (count == 0) {
                throw new IllegalArgumentException("inner.count is 0, must be at least 1");
            }
        }
    }

    record Outer(String name, Inner inner) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'count': 0, 'share': 1, 'sides': [], 'kind': 'ROUND'} | inner.count is 0, must be at least 1",
                "{'count': 'many', 'share': 1, 'sides': [], 'kind': 'ROUND'} | inner.count is 'many', must be a whole number",
                "{'count': null, 'share': 1, 'sides': [], 'kind': 'ROUND'} | inner.count must be a whole number",
                "{'count': 1, 'share': [], 'sides': [], 'kind': 'ROUND'} | inner.share must be a number",
                "{'count': 1, 'share': 1, 'sides': 7, 'kind': 'ROUND'} | inner.sides must be a list",
                "{'count': 1, 'share': 1, 'sides': ['a'], 'kind': 'ROUND'} | inner.sides[0] is 'a', must be a whole number",
                "{'count': 1, 'share': 1, 'sides': [], 'kind': 'OVAL'} | inner.kind is 'OVAL', must be one of [ROUND, SQUARE, half-round]",
                "{'count': 1, 'sides': [], 'kind': 'ROUND'} | inner.share is missing",
                "{'count': 1, 'share': 1, 'sides': [], 'kind': 'ROUND', 'size': 2} | unknown key 'inner.size', allowed here are",
                "{'count': 1, 'share': 1, 'kind': 'ROUND', 'sides': null} | inner lacks something that must be there",
                "{'count': 1, 'share': 1, 'kind': 'ROUND', 'sides': [13]} | inner lacks something that must be there",
                "7 | inner must be a group of keys",
            })
    void shouldNameTheKeyAndNoClass(String inner, String reason) {
        assertReason(inner.replace('\'', '"'), reason);
    }

    private static void assertReason(String inner, String reason) {
        String json = "{\"name\": \"a\", \"inner\": " + inner + "}";
        JsonProcessingException failure =
                catchThrowableOfType(JsonProcessingException.class, () -> MAPPER.readValue(json, Outer.class));
        assertThat(JsonReasons.of(failure))
                .startsWith(reason)
                .doesNotContain("dev.limner", "java.", "Cannot", "JsonToken");
        assertThat(JsonReasons.clean(String.valueOf(failure.getMessage()))).doesNotContain("problem:");
    }
}
