package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.OwnBroker.TOPICS;
import static dev.limner.worker.pipeline.OwnBroker.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import java.nio.file.Path;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker whose broker lacks something, at start or from some moment on; the broker and its rights are real. */
@Execution(ExecutionMode.CONCURRENT)
class StartObstaclesTest {
    private static final String BAD = "{\"caption\":7}";

    @TempDir
    Path folder;

    private OwnBroker broker;
    private FileStore store;

    @BeforeEach
    void start() {
        broker = new OwnBroker(folder.resolve("broker"));
        store = new FileStore(folder.resolve("store"), FileStore.Durability.OS, "test", new LocalDisk());
    }

    @AfterEach
    void stop() {
        store.close();
        broker.close();
    }

    @Test
    void shouldPublishWhatNeedsNoDeadLetterWhileTheirTopicIsGoneAndTheRestOnceItIsBack() throws Exception {
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0), BAD);
            assertThat(broker.answered(2)).hasSize(2);

            broker.delete(TOPICS.deadLetters());
            broker.send(BAD, good(1), BAD, good(2));

            assertThat(broker.answered(4)).hasSize(4).contains("good-1", "good-2");
            assertThat(soon(() -> worker.obstacles().stream()
                            .anyMatch(why -> why.contains("the topic own.dead-letters does not exist"))))
                    .as("%s", worker.obstacles())
                    .isTrue();
            assertThat(worker.alive()).isTrue();
            broker.send(good(3));
            assertThat(broker.answered(5)).hasSize(5).contains("good-3");

            broker.create(TOPICS.deadLetters());

            assertThat(broker.answered(7)).hasSize(7);
            assertThat(broker.records(TOPICS.deadLetters(), 2)).hasSize(2);
            assertThat(soon(() -> worker.obstacles().isEmpty())).isTrue();
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldHoldBackDeadLettersThatItMayNotWriteAnyMore() throws Exception {
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0), BAD);
            assertThat(broker.answered(2)).hasSize(2);

            broker.deny(ResourceType.TOPIC, TOPICS.deadLetters(), AclOperation.WRITE);
            broker.send(BAD, good(1));

            assertThat(broker.answered(3)).hasSize(3).contains("good-1");
            assertThat(soon(() -> worker.obstacles().stream()
                            .anyMatch(why -> why.contains("no right to WRITE the topic own.dead"))))
                    .as("%s", worker.obstacles())
                    .isTrue();

            broker.allowAgain(ResourceType.TOPIC, TOPICS.deadLetters(), AclOperation.WRITE);

            assertThat(broker.answered(4)).hasSize(4);
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldSayWhatIsMissingAtTheStartFetchNothingAndBeginOnceItIsThere() throws Exception {
        broker.deny(ResourceType.TRANSACTIONAL_ID, "own-w", AclOperation.WRITE);
        broker.delete(TOPICS.results());
        broker.mostBytes(TOPICS.deadLetters(), 16_383);
        broker.send(good(0));
        try (WorkerRuntime worker = worker()) {
            assertThat(soon(() -> worker.obstacles().size() == 3))
                    .as("%s", worker.obstacles())
                    .isTrue();
            assertThat(worker.obstacles())
                    .anyMatch(why -> why.contains("transactional id own-w: grant"))
                    .anyMatch(why -> why.contains("the topic own.results does not exist: create it"))
                    .anyMatch(why -> why.contains("own.dead-letters takes records of up to 16383 bytes")
                            && why.contains("raise its max.message.bytes"));
            assertThat(worker.alive()).isTrue();

            broker.allowAgain(ResourceType.TRANSACTIONAL_ID, "own-w", AclOperation.WRITE);
            broker.create(TOPICS.results());
            broker.mostBytes(TOPICS.deadLetters(), 16_384);

            assertThat(broker.answered(1)).containsExactly("good-0");
            assertThat(soon(() -> worker.obstacles().isEmpty())).isTrue();
            assertThat(worker.failure()).isNull();
        }
    }

    /** A consumer does not recover from that. */
    @Test
    void shouldEndWithASentenceOnAGroupThatItMayNotRead() throws Exception {
        broker.deny(ResourceType.GROUP, "own-group", AclOperation.READ);
        try (WorkerRuntime worker = worker()) {
            assertThat(soon(() -> worker.failure() != null)).isTrue();
            assertThat(worker.failure())
                    .hasMessage(
                            "no right to READ the group own-group: grant this worker's user READ and DESCRIBE on it");
        }
    }

    @Test
    void shouldNameATopicThatItMayNotReadAnyMore() throws Exception {
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0));
            assertThat(broker.answered(1)).hasSize(1);

            broker.deny(ResourceType.TOPIC, TOPICS.jobs(Topics.Lane.STANDARD), AclOperation.READ);

            assertThat(soon(() -> worker.obstacles().stream()
                            .anyMatch(why -> why.startsWith("no right to READ the topic own.jobs")
                                    && why.endsWith("READ and DESCRIBE on it"))))
                    .as("%s", worker.obstacles())
                    .isTrue();
            assertThat(worker.alive()).isTrue();
        }
    }

    @Test
    void shouldCountWhatItMayNotLookAtAsInOrder() {
        broker.deny(ResourceType.TOPIC, TOPICS.results(), AclOperation.DESCRIBE_CONFIGS);
        broker.deny(ResourceType.TOPIC, TOPICS.deadLetters(), AclOperation.DESCRIBE);
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0));

            assertThat(broker.answered(1)).containsExactly("good-0");
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldPollOnWhileNothingCanBePublishedAndPublishOnceItCan() throws Exception {
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0));
            assertThat(broker.answered(1)).hasSize(1);

            broker.deny(ResourceType.TOPIC, TOPICS.results(), AclOperation.WRITE);
            broker.send(good(1), BAD);

            assertThat(soon(() -> worker.obstacles().stream()
                            .anyMatch(why -> why.contains("publications in a row failed: no right to WRITE"))))
                    .as("%s", worker.obstacles())
                    .isTrue();
            assertThat(worker.alive()).isTrue();
            assertThat(worker.brokersAnswer()).isTrue();

            broker.allowAgain(ResourceType.TOPIC, TOPICS.results(), AclOperation.WRITE);

            assertThat(broker.answered(3)).hasSize(3);
            assertThat(worker.failure()).isNull();
        }
    }

    @Test
    void shouldAnswerEveryJobOnceAcrossABrokerOutageAndSayThatNoneAnswers() throws Exception {
        try (WorkerRuntime worker = worker()) {
            broker.send(good(0));
            assertThat(broker.answered(1)).hasSize(1);
            for (int i = 1; i <= 40; i++) {
                broker.send(good(i));
            }
            broker.stop();

            assertThat(soon(() -> !worker.brokersAnswer())).isTrue();
            assertThat(worker.alive()).isTrue();

            broker.start();

            assertThat(broker.answered(41)).hasSize(41).doesNotHaveDuplicates();
            assertThat(soon(() -> worker.brokersAnswer() && worker.obstacles().isEmpty()))
                    .isTrue();
            assertThat(worker.failure()).isNull();
        }
    }

    private WorkerRuntime worker() {
        return new ConstantWorker(broker.bootstrap(), TOPICS, store).start("w");
    }

    private static String good(int number) {
        return "{\"id\":\"good-" + number + "\",\"caption\":\"fish\"}";
    }
}
