package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobCodecTest {
    private static final String FALLBACK = "limner.jobs.standard-0-12";

    static List<Path> accepted() {
        return Examples.of("job");
    }

    static List<Path> rejected() {
        return Examples.of("rejected");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void shouldAcceptTheExampleAndItsSchemaToo(Path example) throws Exception {
        byte[] bytes = Examples.bytes(example);

        assertThat(JobCodec.decode(bytes, FALLBACK)).isInstanceOf(Decoded.Valid.class);

        // The schema does not know that null counts as absent; producers that follow it never send null.
        JsonNode node = Examples.JSON.readTree(bytes);
        node.properties().removeIf(entry -> entry.getValue().isNull());
        assertThat(Examples.complaints("job", Examples.JSON.writeValueAsBytes(node)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldRejectTheExampleWithTheCodeInItsName(Path example) {
        String name = example.getFileName().toString();
        ErrorCode expected = ErrorCode.of(name.substring(0, name.indexOf('.')));

        Decoded decoded = JobCodec.decode(Examples.bytes(example), FALLBACK);

        assertThat(decoded).isInstanceOfSatisfying(Decoded.Poison.class, poison -> {
            assertThat(poison.error().code()).isEqualTo(expected);
            assertThat(poison.error().message()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
        });
    }

    @Test
    void shouldHaveAnExampleOfEveryCodeThatTheRecordAloneCanRaise() {
        Set<ErrorCode> raisedElsewhere = EnumSet.of(
                ErrorCode.ID_CONFLICT,
                ErrorCode.INPUT_MISSING,
                ErrorCode.DEADLINE_PASSED,
                ErrorCode.WORKER_CRASHED,
                ErrorCode.DEVICE_OUT_OF_MEMORY,
                ErrorCode.DEVICE_FAILED,
                ErrorCode.STORE_REJECTED,
                ErrorCode.INTERNAL);
        raisedElsewhere.addAll(FeedbackCodecTest.OF_FEEDBACK);
        Set<ErrorCode> shown = EnumSet.noneOf(ErrorCode.class);
        rejected()
                .forEach(file ->
                        shown.add(ErrorCode.of(file.getFileName().toString().split("\\.", -1)[0])));

        assertThat(shown).containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.copyOf(raisedElsewhere)));
    }

    @Test
    void shouldNameFieldAndValueOfTheMistake() {
        Decoded decoded =
                decode("{\"id\":\"j-1\",\"caption\":\"a\",\"count\":65,\"tenant\":\"acme\",\"context\":{\"p\":1}}");

        assertThat(decoded).isInstanceOfSatisfying(Decoded.Poison.class, poison -> {
            assertThat(poison.jobId()).isEqualTo("j-1");
            assertThat(poison.tenant()).isEqualTo("acme");
            assertThat(poison.context()).hasToString("{\"p\":1}");
            assertThat(poison.error())
                    .isEqualTo(new RecordError(
                            ErrorCode.COUNT_OUT_OF_RANGE, "count", "65", "count is '65', must be from 1 to 64"));
        });
    }

    @Test
    void shouldRefuseAContextWithANumberThatWouldComeBackAsText() {
        for (String beyond : List.of("1e309", "-1e400", "[1, {\"deep\": 1e999}]")) {
            Decoded decoded = decode("{\"id\":\"j-1\",\"caption\":\"a\",\"context\":" + beyond + "}");

            assertThat(decoded).isInstanceOfSatisfying(Decoded.Poison.class, poison -> {
                assertThat(poison.context()).isNull();
                assertThat(poison.error().code()).isEqualTo(ErrorCode.WRONG_TYPE);
                assertThat(poison.error().field()).isEqualTo("context");
            });
        }
        assertThat(decode("{\"caption\":\"a\",\"context\":[1.7976931348623157e308, 1e-999, {}, []]}"))
                .isInstanceOf(Decoded.Valid.class);
        assertThat(decode("{\"context\":1e309,\"count\":65}"))
                .isInstanceOfSatisfying(
                        Decoded.Poison.class,
                        poison -> assertThat(poison.context()).isNull());
    }

    @Test
    void shouldNeverLetControlCharactersOrBidiOverridesThroughToAMessage() {
        Decoded decoded = decode("{\"caption\":\"a\\u001b[31m\\u202e\\u2028b\"}");

        assertThat(((Decoded.Poison) decoded).error().value()).isEqualTo("a\\u001B[31m\\u202E\\u2028b");
    }

    @Test
    void shouldFillInDefaultsAndDeriveTheSeedFromTheId() {
        Job job = ((Decoded.Valid) decode("{\"caption\":\"  red apple \"}")).job();

        assertThat(job.id()).isEqualTo(FALLBACK);
        assertThat(job.caption()).isEqualTo("red apple");
        assertThat(job.seed()).isEqualTo(Digests.seedOf(FALLBACK)).isNotZero();
        assertThat(job.count()).isEqualTo(1);
        assertThat(job.model()).isEqualTo(ModelRef.DEFAULT);
        assertThat(job.format()).isEqualTo(ImageFormat.PNG);
        assertThat(job.truncation()).isEqualTo(1);
    }

    @Test
    void shouldDeriveSeedsThatEveryLanguageReadsWhole() {
        // Those of 0.1 without their highest eleven bits: see decision 17.
        assertThat(Digests.seedOf("cover-17")).isEqualTo(Digests.fingerprint("cover-17") & 0x1F_FFFF_FFFF_FFFFL);
        for (int i = 0; i < 10_000; i++) {
            long seed = Digests.seedOf("job-" + i);
            assertThat((long) (double) seed).isEqualTo(seed).isBetween(0L, (1L << 53) - 1);
        }
    }

    @Test
    void shouldTakeEveryGivenSeedOfSixtyFourBits() {
        for (long seed : new long[] {Long.MIN_VALUE, -1_550_608_560_261_983_445L, 1L << 53, Long.MAX_VALUE}) {
            Job job = ((Decoded.Valid) decode("{\"caption\":\"a\",\"seed\":" + seed + "}")).job();
            assertThat(job.seed()).isEqualTo(seed);
        }
    }

    @Test
    void shouldNotQuoteALibrarysNotesOnItself() {
        Decoded decoded = decode("{\"caption\":\"a\"");

        assertThat(((Decoded.Poison) decoded).error().message())
                .isEqualTo(
                        "the record is not JSON: Unexpected end-of-input: expected close marker for Object (begun in line 1,"
                                + " column 1)");
    }

    @Test
    void shouldSayThatSomethingFollowsADocument() {
        Decoded decoded = decode("{\"caption\":\"a\"} {}");

        assertThat(((Decoded.Poison) decoded).error().message())
                .isEqualTo("the record is not JSON: something follows the document");
    }

    @Test
    void shouldReadComposedAndDecomposedCharactersAsOneCaption() {
        Job composed = ((Decoded.Valid) decode("{\"caption\":\"caf\\u00e9\"}")).job();
        Job decomposed = ((Decoded.Valid) decode("{\"caption\":\"cafe\\u0301\"}")).job();

        assertThat(decomposed.caption()).isEqualTo(composed.caption());
    }

    @Test
    void shouldReadWhatItWrites() {
        Job job = ((Decoded.Valid) JobCodec.decode(Examples.bytes(Examples.folder("examples/job/full.json")), FALLBACK))
                .job();

        assertThat(JobCodec.decode(JobCodec.encode(job), "other")).isEqualTo(new Decoded.Valid(job));
    }

    @Test
    void shouldAnswerEveryMutilationOfAJobWithoutThrowing() {
        byte[] whole = Examples.bytes(Examples.folder("examples/job/full.json"));
        for (int at = 0; at < whole.length; at++) {
            byte[] mutilated = Arrays.copyOf(whole, whole.length);
            mutilated[at] ^= (byte) (0x80 | at);
            assertThat(JobCodec.decode(mutilated, FALLBACK)).isNotNull();
            if (at < whole.length - 1) {
                // The last byte is a line break.
                assertThat(JobCodec.decode(Arrays.copyOf(whole, at), FALLBACK)).isInstanceOf(Decoded.Poison.class);
            }
        }
        assertThat(JobCodec.decode(null, FALLBACK)).isInstanceOf(Decoded.Poison.class);
    }

    @Test
    void shouldListExactlyTheCodesOfTheSchema() throws Exception {
        JsonNode schema = Examples.JSON.readTree(Examples.bytes(Examples.folder("schemas/result.schema.json")));
        Set<String> listed = new TreeSet<>();
        schema.at("/properties/error/properties/code/enum").forEach(code -> listed.add(code.asText()));

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(FeedbackCodecTest.OF_FEEDBACK).stream()
                        .map(ErrorCode::wireName)
                        .toList());
    }

    @Test
    void shouldReadLabelsAndControls() {
        Job job = ((Decoded.Valid) decode(
                        "{\"label\":\" ankle boot \",\"controls\":{\"slant\":-1.5,\"style\":\"bold\",\"gone\":null}}"))
                .job();

        assertThat(job.caption()).isNull();
        assertThat(job.label()).isEqualTo("ankle boot");
        assertThat(job.title()).hasValue("ankle boot");
        assertThat(job.controls().keySet()).containsExactly("slant", "style");
        assertThat(((Decoded.Valid) JobCodec.decode(JobCodec.encode(job), FALLBACK)).job())
                .isEqualTo(job);
        assertThat(new String(JobCodec.encode(job), StandardCharsets.UTF_8)).doesNotContain("caption");
        Job plain = ((Decoded.Valid) decode("{\"caption\":\"a\"}")).job();
        assertThat(new String(JobCodec.encode(plain), StandardCharsets.UTF_8)).doesNotContain("label", "controls");
    }

    @Test
    void shouldLetTheFieldTruncationWinOverAControlOfThatName() {
        assertThat(truncation("{\"caption\":\"a\",\"truncation\":0.5,\"controls\":{\"truncation\":0.9}}"))
                .isEqualTo(0.5);
        assertThat(truncation("{\"caption\":\"a\",\"controls\":{\"truncation\":0.9}}"))
                .isEqualTo(0.9);
        assertThat(truncation("{\"caption\":\"a\"}")).isEqualTo(1);
    }

    private static double truncation(String job) {
        Job read = ((Decoded.Valid) decode(job)).job();
        assertThat(read.controls()).isEmpty();
        return read.truncation();
    }

    @Test
    void shouldKeepToTheBoundsOfLabelsAndControls() {
        assertThat(decode(controls(64))).isInstanceOf(Decoded.Valid.class);
        refuses("{\"controls\":[1]}", ErrorCode.WRONG_TYPE, "controls is '[1]', an array, must be an object");
        refuses("{\"label\":1}", ErrorCode.WRONG_TYPE, "label is '1', a number, must be a string");
        refuses(controls(65), ErrorCode.CONTROL_OUT_OF_RANGE, "controls has 65 entries, at most 64");
        assertThat(decode("{\"label\":\"" + "a".repeat(200) + "\"}")).isInstanceOf(Decoded.Valid.class);
        refuses("{\"label\":\"" + "a".repeat(201) + "\"}", ErrorCode.LABEL_UNKNOWN, "1 to 200 characters");
        assertThat(decode("{\"controls\":{\"" + "a".repeat(64) + "\":1}}")).isInstanceOf(Decoded.Valid.class);
        refuses("{\"controls\":{\"" + "a".repeat(65) + "\":1}}", ErrorCode.CONTROL_UNKNOWN, "1 to 64 characters");
        assertThat(decode("{\"controls\":{\"a\":\"" + "x".repeat(200) + "\"}}")).isInstanceOf(Decoded.Valid.class);
        refuses("{\"controls\":{\"a\":\"" + "x".repeat(201) + "\"}}", ErrorCode.CONTROL_OUT_OF_RANGE, "controls.a");
        refuses("{\"label\":\"a\\u0007b\"}", ErrorCode.LABEL_UNKNOWN, "control character");
        refuses("{\"label\":\"a\\ud800\"}", ErrorCode.LABEL_UNKNOWN, "control character");
        refuses("{\"controls\":{\"a\\u0000\":1}}", ErrorCode.CONTROL_UNKNOWN, "control character");
        refuses("{\"controls\":{\"a\":\"\\ud800\"}}", ErrorCode.CONTROL_OUT_OF_RANGE, "control character");
        refuses("{\"controls\":{\"a\":1e999}}", ErrorCode.CONTROL_OUT_OF_RANGE, "must be a finite number");
    }

    private static String controls(int count) {
        StringBuilder text = new StringBuilder("{\"controls\":{");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append("\"c").append(i).append("\":").append(i);
        }
        return text.append("}}").toString();
    }

    private static void refuses(String job, ErrorCode code, String reason) {
        assertThat(decode(job)).isInstanceOfSatisfying(Decoded.Poison.class, poison -> {
            assertThat(poison.error().code()).isEqualTo(code);
            assertThat(poison.error().message()).contains(reason);
        });
    }

    private static Decoded decode(String json) {
        return JobCodec.decode(json.getBytes(StandardCharsets.UTF_8), FALLBACK);
    }
}
