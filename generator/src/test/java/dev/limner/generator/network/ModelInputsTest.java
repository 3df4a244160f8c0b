package dev.limner.generator.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ModelInputsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void shouldComeBackFromJson() throws JsonProcessingException {
        ModelInputs inputs = new ModelInputs(
                64,
                0,
                List.of("disc", "ring"),
                List.of(
                        new Control.Range("width", -2, 2, 0),
                        new Control.Choice("style", List.of("flat", "round"), "round")));

        String text = JSON.writeValueAsString(inputs);

        assertThat(JSON.readTree(text)).isEqualTo(JSON.readTree("""
                        {"noise": 64, "sentence": 0, "labels": ["disc", "ring"],
                         "controls": [{"name": "width", "min": -2.0, "max": 2.0, "default": 0.0},
                                      {"name": "style", "choices": ["flat", "round"], "default": "round"}]}
                        """));
        assertThat(JSON.readValue(text, ModelInputs.class)).isEqualTo(inputs);
        assertThat(JSON.writeValueAsString(ModelInputs.caption(1, 2))).isEqualTo("{\"noise\":1,\"sentence\":2}");
        assertThat(inputs.controls()).extracting(Control::byDefault).containsExactly(0f, 1f);
    }

    @Test
    void shouldKeepToItsBounds() {
        assertThat(new ModelInputs(65_536, 65_536, null, null).noise()).isEqualTo(65_536);
        refuses("inputs.noise is 65537", () -> ModelInputs.caption(65_537, 1));
        refuses("inputs.noise is -1", () -> ModelInputs.caption(-1, 1));
        refuses("inputs.sentence is 65537", () -> ModelInputs.caption(1, 65_537));
        assertThat(labels(32_768).labels()).hasSize(32_768);
        refuses("inputs.labels: its length is 32769, must be from 0 to 32768", () -> labels(32_769));
        assertThat(label("a".repeat(200)).readsLabel()).isTrue();
        refuses("must have 1 to 200 characters", () -> label("a".repeat(201)));
        refuses("must have 1 to 200 characters", () -> label(" "));
        assertThat(controls(64).controls()).hasSize(64);
        refuses("inputs.controls: its length is 65", () -> controls(65));
    }

    @Test
    void shouldRefuseControlsThatNoJobCouldSet() {
        refuses("must rise between finite numbers", () -> new Control.Range("a", 1, 1, 1));
        refuses("must rise between finite numbers", () -> new Control.Range("a", 0, Double.NaN, 0));
        refuses("has default NaN", () -> new Control.Range("a", 0, 1, Double.NaN));
        refuses("at least two different ones", () -> new Control.Choice("a", List.of("x"), "x"));
        refuses("at least two different ones", () -> new Control.Choice("a", List.of("x", "x"), "x"));
        refuses("must be one of [x, y]", () -> new Control.Choice("a", List.of("x", "y"), "z"));
        refuses("has 'a' twice", () -> new ModelInputs(1, 1, null, List.of(range("a"), range("a"))));
        for (String bad : List.of("", "1a", "a b", "a".repeat(65))) {
            refuses("has '" + bad + "', must match", () -> new ModelInputs(1, 1, null, List.of(range(bad))));
        }
    }

    @Test
    void shouldDeclareOnlyWhatAJobCanSay() {
        for (String bad : List.of(" bag", "bag ", "", "a\u0000b", "a\nb", "\ud800")) {
            refuses("inputs.labels has '" + bad + "', must", () -> label(bad));
        }
        refuses("has 'e\u0301' twice", () -> new ModelInputs(1, 0, List.of("\u00e9", "e\u0301"), null));
        assertThat(label("e\u0301").labels()).containsExactly("e\u0301");
        refuses("has 'truncation', which is a field", () -> new ModelInputs(1, 0, null, List.of(range("truncation"))));
        refuses("must rise between finite numbers", () -> new Control.Range("a", -1e300, 1e300, 0));
        refuses("must rise between finite numbers", () -> new Control.Range("a", 1e8, 1.00000001e8, 1e8));
        refuses("a control has no name", () -> range(null));
        refuses("a control has no name", () -> new Control.Choice(null, List.of("x", "y"), "x"));
        refuses("choices and no default", () -> new Control.Choice("a", List.of("x", "y"), null));
        refuses("choices and no default", () -> new Control.Choice("a", null, "x"));
        refuses("must have 1 to 200 characters", () -> new Control.Choice("a", List.of("x", "y".repeat(201)), "x"));
        refuses("control characters", () -> new Control.Choice("a", List.of("x", "y\n"), "x"));
        refuses("two different ones", () -> new Control.Choice("a", List.of("\u00e9", "e\u0301"), "\u00e9"));
    }

    private static ModelInputs labels(int count) {
        return new ModelInputs(
                1, 0, IntStream.range(0, count).mapToObj(i -> "l" + i).toList(), null);
    }

    private static ModelInputs label(String name) {
        return new ModelInputs(1, 0, List.of(name), null);
    }

    private static ModelInputs controls(int count) {
        return new ModelInputs(
                1,
                0,
                null,
                IntStream.range(0, count).mapToObj(i -> range("c" + i)).toList());
    }

    private static Control range(String name) {
        return new Control.Range(name, 0, 1, 0);
    }

    private static void refuses(String reason, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }
}
