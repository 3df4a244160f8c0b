package dev.limner.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRecordTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    static List<Path> models() {
        return Examples.of("model");
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldReadAndWriteTheExample(Path example) {
        byte[] bytes = Examples.bytes(example);
        ModelRecord read = ModelRecord.decode(bytes);

        assertThat(ModelRecord.decode(read.encode())).isEqualTo(read);
        assertThat(Examples.complaints("model", bytes)).isEmpty();
        assertThat(Examples.complaints("model", read.encode())).isEmpty();
    }

    @Test
    void shouldPutAReleaseOnTrialAndMakeItLive() {
        ModelRecord first = ModelRecord.first("default", release('a'), "the first", NOW);

        ModelRecord trial = first.withCanary(release('b'), 0.05, "better", NOW);
        ModelRecord promoted = trial.promoted("still better", NOW).orElseThrow();

        assertThat(trial.live()).isEqualTo(release('a'));
        assertThat(trial.releases()).containsExactly(release('a'), release('b'));
        assertThat(promoted.live()).isEqualTo(release('b'));
        assertThat(promoted.canary()).isNull();
        assertThat(promoted.previous()).containsExactly(release('a'));
        assertThat(List.of(first.revision(), trial.revision(), promoted.revision()))
                .containsExactly(1L, 2L, 3L);
        assertThat(first.promoted("nothing is on trial", NOW)).isEmpty();
        assertThat(first.withoutCanary("nothing is on trial", NOW)).isEmpty();
    }

    @Test
    void shouldHoldOutWhatWasLiveBeforeUntilTheNextMove() {
        ModelRecord first = ModelRecord.first("default", release('a'), "", NOW);
        assertThat(first.holdingOut(0.05, Duration.ofHours(1)))
                .as("there is nothing before it")
                .isEqualTo(first);

        ModelRecord second = first.withLive(release('b'), "", NOW);
        assertThat(second.holdingOut(0, Duration.ofHours(1))).isEqualTo(second);
        ModelRecord young = second.holdingOut(0.05, Duration.ofHours(1));
        assertThat(young.revision()).isEqualTo(second.revision());
        assertThat(young.holdout())
                .isEqualTo(new ModelRecord.Holdout(release('a').digest(), 0.05, NOW, NOW.plusSeconds(3600)));
        assertThat(ModelRecord.decode(young.encode())).isEqualTo(young);

        assertThat(young.withoutHoldout("", NOW).orElseThrow().holdout()).isNull();
        assertThat(young.withoutHoldout("", NOW).orElseThrow().revision()).isEqualTo(3);
        assertThat(second.withoutHoldout("", NOW)).isEmpty();
        assertThat(young.withCanary(release('c'), 0.1, "", NOW).holdout()).isNull();
        assertThat(young.withLive(release('c'), "", NOW).holdout()).isNull();
        assertThat(young.rolledBack("", NOW).orElseThrow().holdout()).isNull();
        assertThatThrownBy(() -> second.holdingOut(1, Duration.ofHours(1)))
                .hasMessage("holdout.share is 1.0, must be above 0 and below 1");
    }

    @Test
    void shouldGoBackToWhatWasLiveBeforeAndNotForthAgain() {
        ModelRecord third = ModelRecord.first("default", release('a'), "", NOW)
                .withLive(release('b'), "", NOW)
                .withLive(release('c'), "", NOW);

        ModelRecord back = third.rolledBack("dislikes", NOW).orElseThrow();

        assertThat(back.live()).isEqualTo(release('b'));
        assertThat(back.previous()).containsExactly(release('a'));
        assertThat(back.rolledBack("", NOW).orElseThrow().rolledBack("", NOW)).isEmpty();
    }

    @Test
    void shouldKeepTheLastThreeAndNoneTwice() {
        ModelRecord record = ModelRecord.first("default", release('a'), "", NOW);
        for (char letter : "bcdeb".toCharArray()) {
            record = record.withLive(release(letter), "", NOW);
        }

        assertThat(record.live()).isEqualTo(release('b'));
        assertThat(record.previous()).containsExactly(release('e'), release('d'), release('c'));
    }

    @Test
    void shouldNameTheOffendingValue() {
        assertThatThrownBy(() -> new ModelRecord.Canary(release('a'), 0, NOW))
                .hasMessage("share is 0.0, must be above 0 and at most 1");
        assertThatThrownBy(() -> new ModelRecord.Release("xyz", "file:///x", null))
                .hasMessage("digest is 'xyz', must be a SHA-256");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /model                    | model is missing
            /revision                 | revision is 0, must be at least 1
            /live                     | live is missing
            /live/digest              | live.digest is missing
            /live/uri                 | live.uri is missing
            /canary/release           | canary.release is missing
            /canary/release/digest    | canary.release.digest is missing
            /canary/share             | canary.share is 0.0, must be above 0 and at most 1
            /canary/since             | canary.since is missing
            /previous/0/digest        | previous[0].digest is missing
            /reason                   | reason is missing
            /at                       | at is missing
            """)
    void shouldNameEveryFieldThatIsMissing(String pointer, String complaint) throws Exception {
        ObjectNode record = full();
        JsonPointer field = JsonPointer.compile(pointer);
        ((ObjectNode) record.at(field.head())).remove(field.last().getMatchingProperty());

        assertThatThrownBy(() -> ModelRecord.decode(Examples.JSON.writeValueAsBytes(record)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a model record: " + complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"digest", "since", "until"})
    void shouldNameEveryFieldThatAHoldoutMisses(String field) throws Exception {
        ObjectNode record =
                (ObjectNode) Examples.JSON.readTree(Examples.bytes(Examples.folder("examples/model/young.json")));
        ((ObjectNode) record.path("holdout")).remove(field);

        assertRefused(record, "holdout." + field + " is missing");
    }

    @Test
    void shouldNameFieldsOfTheWrongKindAndWhatIsNoRecordAtAll() throws Exception {
        assertRefused(full().put("at", "yesterday"), "at: is 'yesterday', must be a time");
        assertRefused(full().put("live", "abc"), "live must be a group of keys");
        ObjectNode hole = full();
        hole.putArray("previous").addNull();
        assertRefused(hole, "previous[0] is missing");
        assertRefused(full().put("model", "../x"), "model is '../x', must match");
        for (String bytes : List.of("null", "", "[]", "{", "7")) {
            assertThatThrownBy(() -> ModelRecord.decode(bytes.getBytes(UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a model record: ");
        }
        ObjectNode bare = full();
        bare.remove(List.of("previous", "canary", "signature"));
        assertThat(ModelRecord.decode(Examples.JSON.writeValueAsBytes(bare)).releases())
                .hasSize(1);
    }

    private static void assertRefused(ObjectNode record, String complaint) throws Exception {
        byte[] bytes = Examples.JSON.writeValueAsBytes(record);
        assertThatThrownBy(() -> ModelRecord.decode(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a model record: " + complaint);
    }

    @Test
    void shouldSignWhatTheRecordSaysAndNotHowItIsWritten() throws Exception {
        ModelRecord record = ModelRecord.decode(Examples.JSON.writeValueAsBytes(full()));
        byte[] content = ModelRecord.signedContent(record.encode());

        assertThat(ModelRecord.signedContent(record.withSignature("another").encode()))
                .isEqualTo(content);
        assertThat(ModelRecord.signedContent(
                        Examples.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(full())))
                .isEqualTo(content);
        assertThat(ModelRecord.signedContent(record.again(8, "", NOW).encode())).isNotEqualTo(content);
        assertThat(new String(content, UTF_8)).startsWith("{\"at\":").doesNotContain("signature\":\"B");

        ObjectNode newer = full().put("ofANewerBuild", 1);
        assertThat(ModelRecord.signedContent(Examples.JSON.writeValueAsBytes(newer)))
                .isNotEqualTo(content);
        assertThatThrownBy(() -> ModelRecord.signedContent("{\"live\":1,\"live\":2}".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(record.withLive(release('e'), "", NOW).signature()).isNull();
    }

    private static ObjectNode full() throws IOException {
        ObjectNode record =
                (ObjectNode) Examples.JSON.readTree(Examples.bytes(Examples.folder("examples/model/canary.json")));
        return record.put("signature", "BBBB");
    }

    @Test
    void shouldTakeARefusalOfANewerBuild() {
        assertThat(RefusalCode.of("of-next-year")).isEqualTo(RefusalCode.OTHER);
        assertThat(RefusalCode.of("load-failed")).isEqualTo(RefusalCode.LOAD_FAILED);
    }

    @Test
    void shouldListEveryRefusalInTheSchema() throws Exception {
        JsonNode schema = Examples.JSON.readTree(Examples.bytes(Examples.folder("schemas/worker-status.schema.json")));
        Set<String> listed = new TreeSet<>();
        schema.at("/properties/refused/items/properties/code/enum").forEach(code -> listed.add(code.asText()));

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(RefusalCode.values())
                        .filter(code -> code != RefusalCode.OTHER)
                        .map(RefusalCode::wireName)
                        .toList());
    }

    private static ModelRecord.Release release(char letter) {
        return new ModelRecord.Release(String.valueOf(letter).repeat(64), "file:///models/" + letter, null);
    }
}
