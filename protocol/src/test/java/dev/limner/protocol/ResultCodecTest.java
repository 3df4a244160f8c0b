package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCodecTest {
    static List<Path> results() {
        return Examples.of("result");
    }

    static List<Path> statuses() {
        return Examples.of("worker-status");
    }

    @ParameterizedTest
    @MethodSource("results")
    void shouldReadTheExampleAndWriteItBackUnchanged(Path example) throws Exception {
        byte[] bytes = Examples.bytes(example);

        byte[] written = ResultCodec.encode(ResultCodec.decode(bytes));

        assertThat(ResultCodec.decode(written)).isEqualTo(ResultCodec.decode(bytes));
        assertThat(Examples.JSON.readTree(written).toString().length())
                .isEqualTo(Examples.JSON.readTree(bytes).toString().length() + numbersWrittenAsDecimals(bytes));
        assertThat(Examples.complaints("result", bytes)).isEmpty();
        assertThat(Examples.complaints("result", written)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("results")
    void shouldFindTheSourceWithoutReadingTheRest(Path example) {
        byte[] bytes = Examples.bytes(example);

        assertThat(ResultCodec.source(bytes))
                .isEqualTo(Optional.ofNullable(ResultCodec.decode(bytes).source()));
    }

    @Test
    void shouldFindNoSourceWhereThereIsNone() {
        for (String text : List.of(
                "",
                "7",
                "[]",
                "{\"source\":7}",
                "{\"source\":{}}",
                "{\"jobId\":",
                "{\"context\":{\"source\":{\"topic\":\"t\",\"partition\":0,\"offset\":0}}}")) {
            assertThat(ResultCodec.source(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isEmpty();
        }
    }

    /** A timing of 3 is written 3.0. */
    private static int numbersWrittenAsDecimals(byte[] bytes) throws Exception {
        int count = 0;
        for (JsonNode timing : Examples.JSON.readTree(bytes).path("timings")) {
            count += timing.isIntegralNumber() ? 2 : 0;
        }
        return count;
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void shouldReadAndWriteAWorkersStatus(Path example) {
        byte[] bytes = Examples.bytes(example);
        WorkerStatus status = WorkerStatus.decode(bytes);

        assertThat(WorkerStatus.decode(status.encode())).isEqualTo(status);
        assertThat(Examples.complaints("worker-status", bytes)).isEmpty();
        assertThat(Examples.complaints("worker-status", status.encode())).isEmpty();
    }

    @Test
    void shouldReadAndWriteACancellation() {
        byte[] bytes = Examples.bytes(Examples.of("cancellation").get(0));
        Cancellation cancellation = Cancellation.decode(bytes);

        assertThat(cancellation.reason()).isEqualTo("the page was withdrawn");
        assertThat(Cancellation.decode(cancellation.encode())).isEqualTo(cancellation);
        assertThat(Examples.complaints("cancellation", cancellation.encode())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "state", "device", "profile", "at"})
    void shouldNameTheFieldThatAStatusOrACancellationLacks(String field) throws Exception {
        ObjectNode status = (ObjectNode) Examples.JSON.readTree(
                Examples.bytes(Examples.of("worker-status").get(0)));
        status.remove(field);

        assertThatThrownBy(() -> WorkerStatus.decode(Examples.JSON.writeValueAsBytes(status)))
                .hasMessage("not a worker status: " + field + " is missing");
        assertThatThrownBy(() -> Cancellation.decode("{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("not a cancellation: at is missing");
    }

    @Test
    void shouldReferOnlyToSchemasThatAreThere() throws Exception {
        String document = Files.readString(Examples.folder("asyncapi.yaml"));
        JsonNode root = new YAMLMapper().readTree(document);

        assertThat(root.path("asyncapi").asText()).startsWith("3.");
        List<String> references = root.findValuesAsText("$ref").stream()
                .filter(reference -> !reference.startsWith("#"))
                .toList();
        assertThat(references)
                .hasSizeGreaterThanOrEqualTo(6)
                .allSatisfy(reference -> assertThat(Examples.folder(reference)).exists());
        for (String reference : root.findValuesAsText("$ref")) {
            if (reference.startsWith("#")) {
                assertThat(root.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse();
            }
        }
        assertThat(root.findValuesAsText("address"))
                .containsAll(Topics.DEFAULT.allJobs())
                .contains(Topics.DEFAULT.results(), Topics.DEFAULT.deadLetters(), Topics.DEFAULT.workers())
                .contains(Topics.DEFAULT.cancellations(), Topics.DEFAULT.feedback(), Topics.DEFAULT.models());
    }

    @Test
    void shouldContinueATraceWithASpanOfItsOwn() {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        assertThat(CloudEvent.continued(parent))
                .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01")
                .isNotEqualTo(parent);
        assertThat(CloudEvent.continued("00-bad")).isNull();
        assertThat(CloudEvent.continued(null)).isNull();
    }
}
