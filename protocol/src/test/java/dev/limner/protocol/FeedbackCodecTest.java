package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeedbackCodecTest {
    /** Codes that no job can have. */
    static final EnumSet<ErrorCode> OF_FEEDBACK = EnumSet.range(ErrorCode.IMAGE_INVALID, ErrorCode.TIME_INVALID);

    private static final String FALLBACK = "limner.feedback-0-12";

    static List<Path> accepted() {
        return Examples.of("feedback");
    }

    static List<Path> rejected() {
        return Examples.of("rejected-feedback");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void shouldAcceptTheExampleAndItsSchemaToo(Path example) throws Exception {
        byte[] bytes = Examples.bytes(example);

        assertThat(FeedbackCodec.decode(bytes, FALLBACK)).isInstanceOfSatisfying(DecodedFeedback.Valid.class, valid -> {
            byte[] written = FeedbackCodec.encode(valid.feedback());
            assertThat(FeedbackCodec.decode(written, "other")).isEqualTo(valid);
            assertThat(Examples.complaints("feedback", written)).isEmpty();
        });
        JsonNode node = Examples.JSON.readTree(bytes);
        node.properties().removeIf(entry -> entry.getValue().isNull());
        assertThat(Examples.complaints("feedback", Examples.JSON.writeValueAsBytes(node)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectTheExampleWithTheCodeInItsName(Path example) {
        String name = example.getFileName().toString();
        ErrorCode expected = ErrorCode.of(name.substring(0, name.indexOf('.')));

        assertThat(FeedbackCodec.decode(Examples.bytes(example), FALLBACK))
                .isInstanceOfSatisfying(DecodedFeedback.Poison.class, poison -> {
                    assertThat(poison.error().code()).isEqualTo(expected);
                    assertThat(poison.error().message()).isNotBlank();
                });
    }

    @Test
    void shouldReadEveryField() {
        byte[] bytes = Examples.bytes(Examples.folder("examples/feedback/full.json"));

        Feedback feedback = ((DecodedFeedback.Valid) FeedbackCodec.decode(bytes, FALLBACK)).feedback();

        assertThat(feedback.id()).isEqualTo("f-17");
        assertThat(feedback.image().sha256()).isEqualTo("0".repeat(64));
        assertThat(feedback.opinion())
                .isInstanceOfSatisfying(
                        Opinion.Preference.class,
                        preference -> assertThat(preference.over().sha256()).isEqualTo("1".repeat(64)));
        assertThat(feedback.artifacts()).containsExactly("blurred", "wrong-colour");
        assertThat(feedback.caption()).isEqualTo("a red apple on a table");
        assertThat(feedback.example()).endsWith(".png");
        assertThat(feedback.rater()).isEqualTo("anna@example.org");
        assertThat(feedback.at()).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
    }

    @Test
    void shouldNameFieldAndValueOfTheMistake() {
        byte[] bytes = Examples.bytes(Examples.folder("examples/rejected-feedback/score-out-of-range.eleven.txt"));

        assertThat(FeedbackCodec.decode(bytes, FALLBACK))
                .isEqualTo(new DecodedFeedback.Poison(new RecordError(
                        ErrorCode.SCORE_OUT_OF_RANGE, "score", "11", "score is '11', must be from 1 to 10")));
    }

    @Test
    void shouldAnswerEveryMutilationWithoutThrowing() {
        byte[] whole = Examples.bytes(Examples.folder("examples/feedback/full.json"));
        for (int at = 0; at < whole.length; at++) {
            byte[] mutilated = Arrays.copyOf(whole, whole.length);
            mutilated[at] ^= (byte) (0x80 | at);
            assertThat(FeedbackCodec.decode(mutilated, FALLBACK)).isNotNull();
            assertThat(FeedbackCodec.decode(Arrays.copyOf(whole, at), FALLBACK)).isNotNull();
        }
        assertThat(FeedbackCodec.decode(null, FALLBACK)).isInstanceOf(DecodedFeedback.Poison.class);
    }

    @Test
    void shouldListEveryCodeForDeadLetters() throws Exception {
        JsonNode schema =
                Examples.JSON.readTree(Examples.bytes(Examples.folder("schemas/dead-letter-headers.schema.json")));
        String pattern = Objects.requireNonNull(
                schema.at("/properties/limner-reason/pattern").textValue());

        assertThat(pattern.substring(2, pattern.indexOf(')')).split("\\|"))
                .containsExactly(Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::wireName)
                        .toArray(String[]::new));
    }
}
