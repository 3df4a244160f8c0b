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

import ai.djl.Device;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.image.PngChunks;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.text.CachingTextEncoder;
import dev.limner.generator.text.PretrainedEncoder;
import dev.limner.generator.text.TextEncoder;
import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import dev.limner.worker.generate.FixedSizes;
import dev.limner.worker.generate.LoadedModel;
import dev.limner.worker.generate.ModelPainter;
import dev.limner.worker.generate.ModelSlots;
import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.lifecycle.FatalErrors;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.schedule.BatchSettings;
import dev.limner.worker.store.FileStore;
import dev.limner.worker.store.ImageStore;
import dev.limner.worker.store.LocalDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker with the shipped model against a real broker. */
class WorkerRuntimeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static ModelSlots engine;
    private static ModelSlots secondEngine;
    private static FileStore store;

    @BeforeAll
    static void load() {
        TorchThreads.set(1);
        ModelBundle bundle = ModelBundle.read(Path.of("../models/default"));
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder.resolve("cache"), 1), 1000);
        engine = slots(bundle);
        secondEngine = slots(bundle);
        store = new FileStore(folder.resolve("store"), FileStore.Durability.FSYNC, "test", new LocalDisk());
    }

    private static ModelSlots slots(ModelBundle bundle) {
        PictureEngine engine =
                PictureEngine.of(ModelPainter.load(bundle, Device.cpu()), FixedSizes.suiting(Device.cpu()));
        return new ModelSlots(new LoadedModel(engine, encoder, LoadedModel.Origin.NONE));
    }

    @AfterAll
    static void close() {
        store.close();
        engine.close();
        secondEngine.close();
        encoder.close();
    }

    @Test
    void shouldDrawWhatABareRecordAsksForAndStoreItBeforeItSaysSo() throws IOException {
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
    void shouldAnswerPoisonWithAResultAndADeadLetterAndDrawItsNeighbours() {
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
    void shouldDrawARepeatOnceAndRefuseOtherContentUnderItsId() {
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
    void shouldDrawAllPicturesOfAJobWithMoreThanABatchHolds() {
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
            List<String> drawnAtOnce = engine
                    .serving()
                    .engine()
                    .draw(IntStream.range(0, 64)
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
                        .containsExactlyElementsOf(drawnAtOnce);
            });
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldAnswerEveryRecordOnceWhileWorkersComeAndGo() {
        Topics topics = TestCluster.topics("storm");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            records.add(utf8Record(
                    topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"j-" + i + "\",\"caption\":\"dog " + i % 40 + "\"}"));
        }
        try (WorkerRuntime first = worker(topics, "first", engine)) {
            send(records.subList(0, 200));
            try (WorkerRuntime second = worker(topics, "second", secondEngine)) {
                send(records.subList(200, 400));
                read(topics.results(), 250);
                assertThat(second.failure()).isNull();
            }
            results(topics, 400);
            assertThat(first.failure()).isNull();
        }
        List<ConsumerRecord<byte[], byte[]>> all = read(topics.results(), 400);
        assertThat(all).hasSize(400);
        assertThat(results(topics, 400)).hasSize(400);
    }

    @Test
    void shouldSpreadEveryLaneOverAllWorkers() throws Exception {
        Topics topics = TestCluster.topics("spread");
        try (WorkerRuntime first = worker(topics, "first", engine);
                WorkerRuntime second = worker(topics, "second", secondEngine);
                Admin admin = Admin.create(Map.of("bootstrap.servers", TestCluster.bootstrap()))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            Map<String, Map<String, Long>> lanes = Map.of();
            while (System.nanoTime() < deadline && !spread(lanes)) {
                Thread.sleep(200);
                lanes = admin.describeConsumerGroups(List.of("spread-group")).all().get().values().stream()
                        .flatMap(group -> group.members().stream())
                        .collect(Collectors.toMap(
                                member -> member.clientId(),
                                member -> member.assignment().topicPartitions().stream()
                                        .collect(Collectors.groupingBy(TopicPartition::topic, Collectors.counting()))));
            }
            assertThat(spread(lanes)).as("%s", lanes).isTrue();
            assertThat(first.failure()).isNull();
            assertThat(second.failure()).isNull();
        }
    }

    /** Two workers, each with half of the four partitions of each of the three lanes. */
    private static boolean spread(Map<String, Map<String, Long>> lanes) {
        return lanes.size() == 2
                && lanes.values().stream()
                        .allMatch(lane ->
                                lane.size() == 3 && lane.values().stream().allMatch(count -> count == 2));
    }

    @Test
    void shouldReadOnlyJobsWhoseTransactionWasCommitted() {
        Topics topics = TestCluster.topics("aborted");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestCluster.bootstrap(), "transactional.id", "producer-of-jobs"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            for (int round = 0; round < 6; round++) {
                producer.beginTransaction();
                producer.send(utf8Record(
                        topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"r-" + round + "\",\"caption\":\"a\"}"));
                if (round % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            assertThat(results(topics, 3).keySet()).containsExactlyInAnyOrder("r-0", "r-2", "r-4");
            assertThat(worker.failure()).isNull();
        }
        // A restart finds nothing left to do behind the markers.
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(List.of(utf8Record(topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"last\",\"caption\":\"a\"}")));
            assertThat(results(topics, 4)).hasSize(4).containsKey("last");
            assertThat(worker.failure()).isNull();
        }
    }

    private static WorkerRuntime worker(Topics topics, String name, ModelSlots engine) {
        return worker(topics, name, engine, 1_000_000);
    }

    private static WorkerRuntime worker(Topics topics, String name, ModelSlots engine, int mostBytes) {
        return worker(topics, name, engine, ReleaseReport.NONE, store, mostBytes);
    }

    static WorkerRuntime worker(
            Topics topics, String name, ModelSlots models, ReleaseReport releases, ImageStore store, int mostBytes) {
        String bootstrap = TestCluster.bootstrap();
        WorkerSettings settings = new WorkerSettings(
                name,
                topics,
                new IntakeSettings(bootstrap, name, topics.prefix() + "-group", "consumer", topics.allJobs(), 256),
                1000,
                new BatchSettings(32, Duration.ofMillis(5)),
                LedgerSettings.DEFAULT,
                new StageThreads(1, 2, 1, 2),
                new PublishSettings(
                        bootstrap,
                        topics.prefix() + "-" + name,
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/" + name,
                        name,
                        topics.prefix() + "-group",
                        topics.allJobs(),
                        mostBytes,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(8),
                        Clock.systemUTC()),
                "Limner test",
                true,
                WorkerSettings.Limits.DEFAULT,
                Clock.systemUTC(),
                WorkerSettings.Drill.NONE);
        return new WorkerRuntime(
                settings,
                models,
                releases,
                store,
                "cpu",
                ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu())),
                new SimpleMeterRegistry(),
                new FatalErrors());
    }
}
