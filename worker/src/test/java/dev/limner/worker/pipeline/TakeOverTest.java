package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.read;
import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.FleetTopics;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.config.StageThreads;
import dev.limner.worker.config.WorkerSettings;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.intake.IntakeSettings;
import dev.limner.worker.ledger.LedgerSettings;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.SyntheticGenerator;
import dev.limner.worker.publish.PublishSettings;
import dev.limner.worker.release.ReleaseReport;
import dev.limner.worker.schedule.BatchSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a fleet finds when it comes back, or under its feet: offsets that are gone, ledgers that nobody can read, topics
 * that were deleted and created again. Against a real broker; every job record is answered once.
 */
@Execution(ExecutionMode.CONCURRENT)
class TakeOverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static FileStore store;
    private static Admin admin;

    @BeforeAll
    static void open() {
        store = new FileStore(folder.resolve("store"), FileStore.Durability.OS, "test", new LocalDisk());
        admin = Admin.create(Map.of("bootstrap.servers", TestCluster.bootstrap()));
    }

    @AfterAll
    static void close() {
        admin.close();
        store.close();
    }

    @Test
    void shouldGenerateNothingTwiceThatWasAnsweredBeforeTheGroupForgotItsOffsets() throws Exception {
        Topics topics = TestCluster.topics("forgotten");
        send(jobs(topics, "old", 30));
        answer(topics, LedgerSettings.DEFAULT, 30);
        admin.deleteConsumerGroups(List.of(group(topics))).all().get();
        send(jobs(topics, "new", 5));

        answer(topics, LedgerSettings.DEFAULT, 35);
        assertAnsweredOnce(topics, 35);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CQ", "not ours"})
    void shouldGenerateNothingTwiceThatAnUnreadableLedgerHolds(String metadata) throws Exception {
        Topics topics = TestCluster.topics("unreadable-" + metadata.length());
        send(jobs(topics, "old", 30));
        answer(topics, LedgerSettings.DEFAULT, 30);
        Map<TopicPartition, OffsetAndMetadata> later = new HashMap<>();
        for (int partition = 0; partition < 4; partition++) {
            later.put(
                    new TopicPartition(topics.jobs(Topics.Lane.STANDARD), partition),
                    new OffsetAndMetadata(1, metadata));
        }
        admin.alterConsumerGroupOffsets(group(topics), later).all().get();
        send(jobs(topics, "new", 5));

        answer(topics, LedgerSettings.DEFAULT, 35);
        assertAnsweredOnce(topics, 35);
    }

    /** The new topic has fewer records, as many, and more than were done of the old one. */
    @ParameterizedTest
    @CsvSource({"7,1", "8,1", "30,1", "30,2", "7,0", "30,0"})
    void shouldAnswerEveryJobOfATopicThatWasMadeAgainWhileTheFleetSlept(int jobs, int ledger) throws Exception {
        Topics topics = TestCluster.topics("again-" + jobs + "-" + ledger);
        LedgerSettings settings = LedgerSettings.DEFAULT.withVersion(ledger);
        send(jobs(topics, "old", 20));
        answer(topics, settings, 20);
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group(topics))
                .partitionsToOffsetAndMetadata()
                .get();
        recreate(topics);
        // Brokers forget the offsets of a deleted topic, but a worker that was about to commit them may still do so.
        committed.keySet().removeIf(partition -> !partition.topic().equals(topics.jobs(Topics.Lane.STANDARD)));
        admin.alterConsumerGroupOffsets(group(topics), committed).all().get();
        send(jobs(topics, "new", jobs));

        answer(topics, settings, 20 + jobs);
        assertAnsweredOnce(topics, 20 + jobs);
    }

    @ParameterizedTest
    @CsvSource({"consumer,7", "consumer,40", "classic,7", "classic,40"})
    void shouldAnswerEveryJobOfATopicThatIsMadeAgainUnderARunningWorker(String protocol, int jobs) throws Exception {
        Topics topics = TestCluster.topics("live-" + protocol + "-" + jobs);
        try (WorkerRuntime worker = worker(topics, protocol, LedgerSettings.DEFAULT)) {
            send(jobs(topics, "old", 20));
            awaitResults(topics, 20);
            recreate(topics);
            send(jobs(topics, "new", jobs));
            awaitResults(topics, 20 + jobs);
            assertThat(worker.failure()).isNull();
        }
        assertAnsweredOnce(topics, 20 + jobs);
    }

    /** Results of releases that named no topic id: what they answer is told by their age. */
    @Test
    void shouldTakeResultsWithoutATopicIdForThoseOfTheTopicUnlessTheyAreOlderThanItsRecords() throws Exception {
        Topics topics = TestCluster.topics("anonymous");
        send(jobs(topics, "job", 8));
        long now = System.currentTimeMillis();
        send(List.of(
                anonymousResult(topics, "job-0", 0, 0, now),
                anonymousResult(topics, "job-4", 0, 1, now),
                anonymousResult(topics, "older-topic", 1, 0, now - 3_600_000)));

        answer(topics, LedgerSettings.DEFAULT, 9);

        List<String> ids = read(topics.results(), 9).stream()
                .map(record -> ResultCodec.decode(record.value()).jobId())
                .toList();
        assertThat(ids)
                .containsExactlyInAnyOrder(
                        "job-0", "job-1", "job-2", "job-3", "job-4", "job-5", "job-6", "job-7", "older-topic");
    }

    private static ProducerRecord<byte[], byte[]> anonymousResult(
            Topics topics, String id, int partition, long offset, long at) {
        Result.Source source = new Result.Source(topics.jobs(Topics.Lane.STANDARD), partition, offset);
        Result result = new Result(
                id,
                new Outcome.Expired(Instant.EPOCH),
                null,
                null,
                null,
                source,
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
        return new ProducerRecord<>(topics.results(), null, at, null, ResultCodec.encode(result));
    }

    private static void recreate(Topics topics) throws Exception {
        String lane = topics.jobs(Topics.Lane.STANDARD);
        Uuid old = id(lane).orElseThrow();
        admin.deleteTopics(List.of(lane)).all().get();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                FleetTopics.create(TestCluster.bootstrap(), topics, 4, (short) 1);
                // For a moment a broker still shows what was deleted.
                if (id(lane).filter(now -> !now.equals(old)).isPresent()) {
                    return;
                }
            } catch (IllegalStateException e) {
                // Still being deleted.
            }
            Thread.sleep(50);
        }
        throw new AssertionError(lane + " was not created again");
    }

    private static Optional<Uuid> id(String topic) throws InterruptedException {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .topicId());
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    private static String group(Topics topics) {
        return topics.prefix() + "-group";
    }

    private static List<ProducerRecord<byte[], byte[]>> jobs(Topics topics, String kind, int count) {
        List<ProducerRecord<byte[], byte[]>> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(new ProducerRecord<>(
                    topics.jobs(Topics.Lane.STANDARD),
                    i % 4,
                    null,
                    utf8("{\"id\":\"" + kind + "-" + i + "\",\"caption\":\"fish\"}")));
        }
        return jobs;
    }

    /** A worker runs until there are as many results. */
    private static void answer(Topics topics, LedgerSettings settings, int results) {
        try (WorkerRuntime worker = worker(topics, "consumer", settings)) {
            awaitResults(topics, results);
            assertThat(worker.failure()).isNull();
        }
    }

    private static void awaitResults(Topics topics, int count) {
        read(topics.results(), count);
    }

    private static void assertAnsweredOnce(Topics topics, int count) {
        Set<String> ids = new HashSet<>();
        for (var record : read(topics.results(), count)) {
            Result result = ResultCodec.decode(record.value());
            assertThat(ids.add(result.jobId()))
                    .as("a second result of %s", result.jobId())
                    .isTrue();
            assertThat(result.source()).isNotNull();
            assertThat(result.source().topicId()).hasSize(22);
        }
        assertThat(ids).hasSize(count);
    }

    private static ModelCatalog slots() {
        return new ModelCatalog(new LoadedModel(
                BatchedGenerator.of(new SyntheticGenerator(Duration.ZERO), new BatchBuckets(List.of(8))),
                new HashTextEncoder(),
                LoadedModel.Origin.NONE));
    }

    static WorkerRuntime worker(Topics topics, String protocol, LedgerSettings ledger) {
        return worker(TestCluster.bootstrap(), topics, protocol, ledger, store);
    }

    static WorkerRuntime worker(
            String bootstrap, Topics topics, String protocol, LedgerSettings ledger, FileStore store) {
        WorkerSettings settings = new WorkerSettings(
                "w",
                topics,
                new IntakeSettings(bootstrap, "w", topics.prefix() + "-group", protocol, topics.allJobs(), 256),
                1000,
                new BatchSettings(8, Duration.ofMillis(5)),
                ledger,
                new StageThreads(1, 1, 1, 1),
                new PublishSettings(
                        bootstrap,
                        topics.prefix() + "-w",
                        topics.results(),
                        topics.deadLetters(),
                        "limner/worker/w",
                        "w",
                        topics.prefix() + "-group",
                        topics.allJobs(),
                        1_000_000,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(8),
                        Clock.systemUTC()),
                "Limner test",
                true,
                WorkerSettings.Limits.DEFAULT,
                Clock.systemUTC(),
                FaultPoints.NONE);
        return new WorkerRuntime(
                settings,
                slots(),
                ReleaseReport.NONE,
                store,
                "cpu",
                ExecutionProfile.NONE,
                new SimpleMeterRegistry(),
                new FatalErrors("worker"));
    }
}
