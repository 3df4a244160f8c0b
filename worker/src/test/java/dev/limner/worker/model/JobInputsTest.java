package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.network.Control;
import dev.limner.generator.network.ModelInputs;
import dev.limner.generator.render.Conditions;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobInputsTest {
    private static final JobInputs CAPTIONS = new JobInputs("emoji", ModelInputs.caption(64, 384));
    private static final JobInputs CLASSES = new JobInputs(
            "shoes",
            new ModelInputs(
                    8,
                    0,
                    List.of("boot", "caf\u00e9 shoe"),
                    List.of(
                            new Control.Range("slant", -2, 2, 0.5),
                            new Control.Choice("style", List.of("flat", "bold"), "bold"))));

    @Test
    void shouldAskForWhatTheModelReadsAndNothingElse() {
        assertThat(CAPTIONS.mistake(job("{'caption':'a'}"))).isEmpty();
        assertThat(CLASSES.mistake(job("{'label':'boot'}"))).isEmpty();
        assertThat(CLASSES.mistake(job("{'label':'boot','caption':'for people'}")))
                .isEmpty();
        assertThat(new JobInputs("noise", ModelInputs.caption(8, 0)).mistake(job("{}")))
                .isEmpty();

        refuses(CAPTIONS, "{'label':'boot'}", ErrorCode.MISSING_FIELD, "caption", "caption is missing");
        refuses(
                CLASSES,
                "{'caption':'a boot'}",
                ErrorCode.INPUT_MISSING,
                "label",
                "model shoes has boot, caf\u00e9 shoe");
        refuses(CAPTIONS, "{'caption':'a','label':'boot'}", ErrorCode.LABEL_UNKNOWN, "label", "emoji has no labels");
        refuses(CLASSES, "{'label':'sandal'}", ErrorCode.LABEL_UNKNOWN, "label", "sandal", "boot, caf\u00e9 shoe");
    }

    @Test
    void shouldNameTheAllowedValuesOfAControl() {
        String boot = "{'label':'boot','controls':{%s}}";
        for (String good : List.of("'slant':-2", "'slant':2", "'slant':0.1,'style':'flat'")) {
            assertThat(CLASSES.mistake(job(boot.formatted(good)))).isEmpty();
        }
        for (String bad : List.of("'slant':-2.001", "'slant':2.001")) {
            refuses(
                    CLASSES,
                    boot.formatted(bad),
                    ErrorCode.CONTROL_OUT_OF_RANGE,
                    "controls.slant",
                    "must be from -2.0 to 2.0");
        }
        refuses(
                CLASSES,
                boot.formatted("'slant':'1'"),
                ErrorCode.CONTROL_OUT_OF_RANGE,
                "controls.slant",
                "is '1', a text, must be a number from -2.0 to 2.0");
        refuses(
                CLASSES,
                boot.formatted("'style':'Bold'"),
                ErrorCode.CONTROL_OUT_OF_RANGE,
                "controls.style",
                "is 'Bold', must be one of flat, bold");
        refuses(
                CLASSES,
                boot.formatted("'slnat':1"),
                ErrorCode.CONTROL_UNKNOWN,
                "controls",
                "controls has 'slnat', model shoes has slant, style");
        refuses(
                CAPTIONS,
                "{'caption':'a','controls':{'slant':1}}",
                ErrorCode.CONTROL_UNKNOWN,
                "controls",
                "emoji has no controls");
    }

    @Test
    void shouldGiveTheModelItsNumbers() {
        Conditions conditions = CLASSES.conditions(
                job("{'label':'cafe\\u0301 shoe','controls':{'style':'flat','slant':1}}"), new float[0]);
        assertThat(conditions.label()).isEqualTo(1);
        assertThat(conditions.controls()).containsExactly(1f, 0f);

        assertThat(CLASSES.conditions(job("{'label':'boot'}"), new float[0]).controls())
                .as("defaults")
                .containsExactly(0.5f, 1f);
        float[] sentence = {1, 2};
        assertThat(CAPTIONS.conditions(job("{'caption':'a'}"), sentence).sentence())
                .isSameAs(sentence);
    }

    @Test
    void shouldFindAChoiceHoweverItsCharactersWereTyped() {
        JobInputs drinks = new JobInputs(
                "drinks",
                new ModelInputs(1, 0, null, List.of(new Control.Choice("cup", List.of("tea", "cafe\u0301"), "tea"))));

        for (String cup : List.of("caf\u00e9", "cafe\u0301")) {
            Job job = job("{'controls':{'cup':'" + cup + "'}}");
            assertThat(drinks.mistake(job)).isEmpty();
            assertThat(drinks.conditions(job, new float[0]).controls()).containsExactly(1f);
        }
        refuses(
                drinks,
                "{'controls':{'cup':'cafe'}}",
                ErrorCode.CONTROL_OUT_OF_RANGE,
                "controls.cup",
                "must be one of tea");
    }

    @Test
    void shouldNotListAThousandClasses() {
        JobInputs many = new JobInputs(
                "many",
                new ModelInputs(
                        1, 0, IntStream.range(0, 1000).mapToObj(i -> "c" + i).toList(), null));

        assertThat(many.mistake(job("{}")).orElseThrow().message()).endsWith("c18, c19 and 980 more");
    }

    private static void refuses(JobInputs inputs, String job, ErrorCode code, String field, String... words) {
        assertThat(inputs.mistake(job(job))).hasValueSatisfying(error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.field()).isEqualTo(field);
            assertThat(error.message()).contains(words);
        });
    }

    private static Job job(String text) {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ((Decoded.Valid) JobCodec.decode(bytes, "t-0-0")).job();
    }
}
