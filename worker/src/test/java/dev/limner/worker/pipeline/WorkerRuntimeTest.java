package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.bytes;
import static dev.limner.worker.pipeline.TestRecords.code;
import static dev.limner.worker.pipeline.TestRecords.header;
import static dev.limner.worker.pipeline.TestRecords.read;
import static dev.limner.worker.pipeline.TestRecords.results;
import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8;
import static dev.limner.worker.pipeline.TestRecords.utf8Record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.image.PngChunks;
import dev.limner.generator.render.RenderRequest;
import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** The worker with the shipped model against a real broker: one record, and what becomes of it. */
class WorkerRuntimeTest extends WorkerFixture {
    @Test
    void shouldGenerateWhatABareRecordAsksForAndStoreItBeforeItSaysSo() throws IOException {
        Topics topics = TestCluster.topics("bare");
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topics.jobs(Topics.Lane.STANDARD), utf8("{\"caption\":\"red apple\"}"));
            record.headers().add(CloudEvent.TRACE_PARENT, utf8(trace));
            send(List.of(record));

            ConsumerRecord<byte[], byte[]> published = read(topics.results(), 1).get(0);
            Result result = ResultCodec.decode(published.value());

            assertThat(result.jobId()).startsWith("bare.jobs.standard-");
            assertThat(result.model()).isEqualTo(engine.serving().model());
            assertThat(result.outcome()).isInstanceOfSatisfying(Outcome.Completed.class, completed -> {
                Outcome.ImageRef image = completed.images().get(0);
                byte[] file = bytes(image);
                assertThat(Digests.sha256(file)).isEqualTo(image.sha256());
                assertThat(file).hasSize(image.bytes());
                assertThat(PngChunks.read(file, "Limner").orElseThrow())
                        .contains(
                                "\"caption\":\"red apple\"",
                                engine.serving().model().digest());
            });
            assertThat(header(published, "ce_type")).isEqualTo("dev.limner.result.completed");
            assertThat(header(published, "ce_id")).isEqualTo(result.jobId());
            assertThat(header(published, CloudEvent.TRACE_PARENT))
                    .startsWith(trace.substring(0, 35))
                    .isNotEqualTo(trace);
            assertThat(worker.status().imagesDone()).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerPoisonWithAResultAndADeadLetterAndGenerateItsNeighbours() {
        Topics topics = TestCluster.topics("poison");
        String lane = topics.jobs(Topics.Lane.STANDARD);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(new ProducerRecord<>(lane, utf8("{\"id\":\"good-" + i + "\",\"caption\":\"fish\"}")));
        }
        ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(
                lane, 1, utf8("key"), utf8("{\"id\":\"bad\",\"caption\":\"a\",\"count\":99,\"tenant\":\"acme\"}"));
        bad.headers().add("mine", utf8("kept")).add(DeadLetterHeaders.REASON, utf8("forged"));
        records.add(7, bad);
        records.add(9, new ProducerRecord<>(lane, 2, null, null));
        records.add(utf8Record(lane, "{\"id\":\"other-model\",\"caption\":\"a\",\"model\":\"nobody\"}"));
        records.add(
                utf8Record(lane, "{\"id\":\"other-size\",\"caption\":\"a\",\"size\":{\"width\":65,\"height\":64}}"));
        records.add(utf8Record(lane, "{\"id\":\"late\",\"caption\":\"a\",\"deadline\":\"2020-01-01T00:00:00Z\"}"));
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(records);

            Map<String, Result> results = results(topics, records.size());

            assertThat(results.values().stream().filter(result -> result.outcome() instanceof Outcome.Completed))
                    .hasSize(20);
            assertThat(results.get("bad").tenant()).isEqualTo("acme");
            assertThat(code(results.get("bad"))).isEqualTo(ErrorCode.COUNT_OUT_OF_RANGE);
            assertThat(code(results.get("poison.jobs.standard-2-" + nullOffset(results))))
                    .isEqualTo(ErrorCode.MALFORMED_JSON);
            assertThat(code(results.get("other-model"))).isEqualTo(ErrorCode.UNKNOWN_MODEL);
            assertThat(code(results.get("other-size"))).isEqualTo(ErrorCode.SIZE_NOT_AVAILABLE);
            assertThat(results.get("late").outcome()).isInstanceOf(Outcome.Expired.class);
            assertThat(worker.failure()).isNull();
        }
        List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetters(), 4);
        assertThat(letters).hasSize(4);
        ConsumerRecord<byte[], byte[]> letter = letters.stream()
                .filter(candidate -> candidate.key() != null)
                .findFirst()
                .orElseThrow();
        assertThat(letter.value()).isEqualTo(bad.value());
        assertThat(letter.key()).isEqualTo(bad.key());
        assertThat(header(letter, "mine")).isEqualTo("kept");
        assertThat(header(letter, DeadLetterHeaders.REASON))
                .isEqualTo("count-out-of-range: count is '99', must be from 1 to 64");
        assertThat(header(letter, DeadLetterHeaders.ORIGIN)).startsWith("poison.jobs.standard-1@");
        assertThat(header(letter, DeadLetterHeaders.DROPPED_HEADERS)).isEqualTo("1");
    }

    private static String nullOffset(Map<String, Result> results) {
        return results.keySet().stream()
                .filter(id -> id.startsWith("poison.jobs.standard-2-"))
                .map(id -> id.substring("poison.jobs.standard-2-".length()))
                .filter(offset ->
                        results.get("poison.jobs.standard-2-" + offset).outcome() instanceof Outcome.Rejected)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGenerateARepeatOnceAndRefuseOtherContentUnderItsId() {
        Topics topics = TestCluster.topics("repeats");
        String lane = topics.jobs(Topics.Lane.STANDARD);
        byte[] first = utf8("{\"id\":\"same\",\"caption\":\"fish\"}");
        List<ProducerRecord<byte[], byte[]>> records = List.of(
                new ProducerRecord<>(lane, 0, null, first),
                new ProducerRecord<>(lane, 0, null, first),
                new ProducerRecord<>(lane, 0, null, utf8("{\"id\":\"same\",\"caption\":\"dog\"}")),
                new ProducerRecord<>(lane, 0, null, utf8("{\"id\":\"last\",\"caption\":\"cat\"}")));
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(records);

            List<Result> results = read(topics.results(), 3).stream()
                    .map(record -> ResultCodec.decode(record.value()))
                    .toList();

            assertThat(results).hasSize(3);
            assertThat(results.stream().filter(result -> result.outcome() instanceof Outcome.Completed))
                    .extracting(Result::source)
                    .extracting(Result.Source::offset)
                    .containsExactlyInAnyOrder(0L, 3L);
            Result refused = results.stream()
                    .filter(result -> result.outcome() instanceof Outcome.Rejected)
                    .findFirst()
                    .orElseThrow();
            assertThat(code(refused)).isEqualTo(ErrorCode.ID_CONFLICT);
            assertThat(refused.source().offset()).isEqualTo(2);
            assertThat(worker.failure()).isNull();
        }
        assertThat(read(topics.deadLetters(), 1)).hasSize(1);
    }

    @Test
    void shouldAnswerWithAFailureWhatTheBrokersDoNotTake() {
        Topics topics = TestCluster.topics("tight");
        String context = "\"" + "x".repeat(4000) + "\"";
        try (WorkerRuntime worker = worker(topics, "w", engine, 20_000)) {
            send(List.of(
                    utf8Record(
                            topics.jobs(Topics.Lane.STANDARD),
                            "{\"id\":\"large\",\"caption\":\"fish\",\"count\":64,\"context\":" + context + "}"),
                    utf8Record(topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"small\",\"caption\":\"fish\"}")));

            Map<String, Result> results = results(topics, 2);

            assertThat(code(results.get("large"))).isEqualTo(ErrorCode.TOO_LARGE);
            assertThat(results.get("small").outcome()).isInstanceOf(Outcome.Completed.class);
            assertThat(worker.failure()).isNull();
        }
        assertThat(read(topics.deadLetters(), 1)).hasSize(1);
    }

    @Test
    void shouldKeepTheWholeOfAnOversizedRecordInTheStore() {
        Topics topics = TestCluster.topics("large");
        byte[] value = utf8("{\"caption\":\"" + "x".repeat(400_000) + "\"}");
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(List.of(new ProducerRecord<>(topics.jobs(Topics.Lane.BULK), value)));

            assertThat(code(results(topics, 1).values().iterator().next())).isEqualTo(ErrorCode.TOO_LARGE);
            ConsumerRecord<byte[], byte[]> letter =
                    read(topics.deadLetters(), 1).get(0);
            assertThat(letter.value()).hasSize(4096);
            assertThat(Path.of(URI.create(header(letter, DeadLetterHeaders.OBJECT))))
                    .hasBinaryContent(value);
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldGenerateAllImagesOfAJobWithMoreThanABatchHolds() {
        Topics topics = TestCluster.topics("many");
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(List.of(utf8Record(
                    topics.jobs(Topics.Lane.INTERACTIVE),
                    "{\"id\":\"many\",\"caption\":\"cat face\",\"count\":64,\"seed\":7,\"format\":\"jpeg\","
                            + "\"context\":{\"page\":1}}")));
            send(IntStream.range(0, 40)
                    .mapToObj(i -> utf8Record(topics.jobs(Topics.Lane.BULK), "{\"caption\":\"dog\"}"))
                    .toList());

            Result result = results(topics, 41).get("many");
            List<String> generatedAtOnce = engine
                    .serving()
                    .engine()
                    .generate(IntStream.range(0, 64)
                            .mapToObj(index ->
                                    new RenderRequest(encoder.encode("cat face").embedding(), 7, index, 1))
                            .toList())
                    .stream()
                    .map(pixels -> Digests.sha256(pixels.rgb()))
                    .toList();

            assertThat(result.context()).hasToString("{\"page\":1}");
            assertThat(result.outcome()).isInstanceOfSatisfying(Outcome.Completed.class, completed -> {
                assertThat(completed.images()).hasSize(64);
                assertThat(completed.images().stream()
                                .map(Outcome.ImageRef::sha256)
                                .distinct())
                        .hasSize(64);
                assertThat(completed.images())
                        .extracting(Outcome.ImageRef::index)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 64).boxed().toList());
                assertThat(completed.images())
                        .extracting(Outcome.ImageRef::pixelsSha256)
                        .as("as if drawn at once")
                        .containsExactlyElementsOf(generatedAtOnce);
            });
            assertThat(worker.failure()).isNull();
        }
    }
}
