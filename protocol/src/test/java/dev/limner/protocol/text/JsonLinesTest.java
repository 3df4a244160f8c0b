package dev.limner.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {
    @Test
    void shouldTakeTextAndObjectsAsTheyCome() {
        assertThat(read("\uFEFF{\"caption\":\"a\"}\r\n\r\nred apple\r\n  {\"n\":1.10}  \r\n"))
                .satisfiesExactly(
                        entry -> assertJson(entry, 1, "{\"caption\":\"a\"}"),
                        entry -> assertThat(entry).isEqualTo(new JsonEntry.Plain(3, "red apple")),
                        entry -> assertJson(entry, 4, "{\"n\":1.10}"));
    }

    @Test
    void shouldReadAnArrayThatIsTheWholeFile() {
        assertThat(read("[\n  {\"a\": 1},\n\n  {\n\"b\": 2\n},\n  \"red\"\n]\n\n"))
                .satisfiesExactly(
                        entry -> assertJson(entry, 2, "{\"a\":1}"),
                        entry -> assertJson(entry, 4, "{\"b\":2}"),
                        entry -> assertJson(entry, 7, "\"red\""));
        assertThat(read("[]")).isEmpty();
        assertThat(read("[{\"a\":1},{\"b\":2}]")).hasSize(2);
    }

    @Test
    void shouldReadPrettyPrintedObjects() {
        assertThat(read("{\n  \"caption\": \"a\",\n  \"count\": 2\n}\n{\n  \"caption\": \"b\"\n}\nred apple"))
                .satisfiesExactly(
                        entry -> assertJson(entry, 1, "{\"caption\":\"a\",\"count\":2}"),
                        entry -> assertJson(entry, 5, "{\"caption\":\"b\"}"),
                        entry -> assertThat(entry).isEqualTo(new JsonEntry.Plain(8, "red apple")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1} {\"b\":2} | something follows the JSON object in column 8; one object a line",
                "{\"a\":1}, | something follows the JSON object in column 8; one object a line",
                "{\"a\":1,\"a\":2} | malformed JSON in column 11: Duplicate field 'a'",
                "{'a':1} | malformed JSON in column 2: Unexpected character",
                "{\"a\":NaN} | malformed JSON in column 9: Non-standard token 'NaN'",
                "{\"a\": | malformed JSON: Unexpected end-of-input within/between Object entries",
                "{curly} | malformed JSON in column 2: Unexpected character",
                "[ | malformed JSON: Unexpected end-of-input: expected close marker for Array (begun in line 1, column 1)",
                "] | ']' is a piece of a JSON document",
                "}, | '},' is a piece of a JSON document",
            })
    void shouldNameWhatIsWrongWithALine(String line, String reason) {
        assertThat(read(line)).first().isInstanceOfSatisfying(JsonEntry.Fault.class, fault -> {
            assertThat(fault.line()).isEqualTo(1);
            assertThat(fault.reason())
                    .startsWith(reason.strip())
                    .doesNotContain("REDACTED", "Source", "JsonReadFeature");
        });
    }

    @Test
    void shouldGoOnBehindAFaultyLine() {
        byte[] bytes = "{\"a\":1}\n{\"b\":\n{\"c\":3}\nx\u00e4\n{\"d\":4}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(JsonLines.STRICT.read(bytes, "a.jsonl"))
                .satisfiesExactly(
                        entry -> assertJson(entry, 1, "{\"a\":1}"),
                        entry -> assertFault(entry, 2),
                        entry -> assertJson(entry, 3, "{\"c\":3}"),
                        entry ->
                                assertThat(entry).isEqualTo(new JsonEntry.Fault(4, "not UTF-8: byte 0xE4 at column 2")),
                        entry -> assertJson(entry, 5, "{\"d\":4}"));
    }

    @Test
    void shouldCountLinesInTheFile() {
        assertThat(read("red\n\n{\n\"a\":[1").get(1))
                .isEqualTo(new JsonEntry.Fault(
                        3,
                        "malformed JSON: Unexpected end-of-input: expected close marker for Array (begun in"
                                + " line 4, column 5)"));
    }

    @Test
    void shouldNotTakeAnArrayBetweenLinesForTheFile() {
        assertThat(read("red\n[{\"a\":1}]\n"))
                .satisfiesExactly(
                        entry -> assertThat(entry).isEqualTo(new JsonEntry.Plain(1, "red")),
                        entry -> assertFault(entry, 2));
        assertThat(read("[{\"a\":1}]\n[{\"a\":2}]\n"))
                .allSatisfy(entry -> assertThat(entry).isInstanceOf(JsonEntry.Fault.class));
    }

    @Test
    void shouldKeepWhatAnArrayHeldBeforeItBroke() {
        assertThat(read("[\n{\"a\":1},\n{\"b\":2\n"))
                .satisfiesExactly(entry -> assertJson(entry, 2, "{\"a\":1}"), entry -> assertFault(entry, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[abstract] red circles", "[2] cats", "\"quoted\"", "12", "NaN", "a {curly} one", "\\o/", "-"})
    void shouldTakeForTextWhatOnlyLooksALittleLikeJson(String line) {
        assertThat(read(line)).containsExactly(new JsonEntry.Plain(1, line));
        assertThat(JsonLines.STRICT.one(line)).isEqualTo(new JsonEntry.Plain(1, line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\\{curly} | {curly}",
                "\\[\"a\"] | [\"a\"]",
                "\\\\{ | \\{",
                "\\} | }",
                "\\{\"caption\":\"x\"} | {\"caption\":\"x\"}"
            })
    void shouldTakeForTextWhatABackslashSaysIs(String line, String text) {
        assertThat(read(line)).containsExactly(new JsonEntry.Plain(1, text));
        assertThat(JsonLines.STRICT.one(line)).isEqualTo(new JsonEntry.Plain(1, text));
    }

    @Test
    void shouldTakeAnArgumentForOneThing() {
        assertJson(JsonLines.STRICT.one("{\n\"caption\": \"a\"\n}"), 1, "{\"caption\":\"a\"}");
        assertThat(JsonLines.STRICT.one("")).isEqualTo(new JsonEntry.Plain(1, ""));
        assertThat(JsonLines.STRICT.one("two\nlines")).isEqualTo(new JsonEntry.Plain(1, "two\nlines"));
        assertFault(JsonLines.STRICT.one("{\"a\":1}\nred"), 1);
        assertFault(JsonLines.STRICT.one("[{\"a\":1},{\"a\":2}]"), 1);
    }

    @Test
    void shouldReadNumbersOfDataAsPythonWritesThem() {
        List<JsonEntry> entries = JsonLines.OF_DATA.read(bytes("{\"a\":NaN,\"b\":-Infinity}\n[1]"), "m.jsonl");
        assertThat(entries.get(0))
                .isInstanceOfSatisfying(
                        JsonEntry.Json.class,
                        json -> assertThat(json.node().path("a").doubleValue()).isNaN());
    }

    @Test
    void shouldKeepEveryDigit() {
        assertJson(
                read("{\"n\":0.1234567890123456789,\"m\":12345678901234567890,\"k\":1e400}")
                        .get(0),
                1,
                "{\"n\":0.1234567890123456789,\"m\":12345678901234567890,\"k\":1E+400}");
    }

    @Test
    void shouldReadADocumentWhole() {
        JsonNode node = JsonLines.OF_DATA.document(bytes("\uFEFF{\n\"a\": [NaN]\n}\n"), "a.json");
        assertThat(node.path("a").size()).isEqualTo(1);
        assertDocument("", "a.json is empty, must be JSON");
        assertDocument("{}\n{}", "a.json line 2: something follows the JSON document");
        assertDocument("{\"a\":1,\n\"a\":2}", "a.json line 2: malformed JSON in column 4: Duplicate field 'a'");
        assertDocument("{\"a\":[1,", "a.json: malformed JSON: Unexpected end-of-input within/between Array entries");
    }

    private static void assertDocument(String text, String message) {
        assertThatThrownBy(() -> JsonLines.OF_DATA.document(bytes(text), "a.json"))
                .isInstanceOf(TextException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("REDACTED");
    }

    private static void assertJson(JsonEntry entry, int line, String json) {
        assertThat(entry).isInstanceOfSatisfying(JsonEntry.Json.class, found -> {
            assertThat(found.line()).isEqualTo(line);
            assertThat(found.node()).hasToString(json);
        });
    }

    private static void assertFault(JsonEntry entry, int line) {
        assertThat(entry).isInstanceOf(JsonEntry.Fault.class);
        assertThat(entry.line()).isEqualTo(line);
    }

    private static List<JsonEntry> read(String text) {
        return JsonLines.STRICT.read(bytes(text), "a.jsonl");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
