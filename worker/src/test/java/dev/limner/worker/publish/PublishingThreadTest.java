package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.lifecycle.CrashPoint;
import dev.limner.worker.lifecycle.StopBudget;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class PublishingThreadTest {
    private static final int ROUNDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final PartitionRef KEPT =
            new PartitionRef(Topics.DEFAULT.allJobs().get(0), 0);
    private static final PartitionRef GIVEN =
            new PartitionRef(Topics.DEFAULT.allJobs().get(0), 1);

    @TempDir
    Path folder;

    /** Its next owner may have begun where the offsets say that nothing is done. */
    @Test
    void shouldNotCommitWhatWasGivenAwayWhileItWasOnItsWay() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch withdrawn = new CountDownLatch(1);
        CrashPoint.Watch watch = point -> {
            if (point == CrashPoint.AFTER_SEND) {
                sent.countDown();
                await(withdrawn);
            }
        };
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "group.id", "group"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 2, (short) 1);
            PublishingThread publishing = new PublishingThread(
                    settings(broker), member::groupMetadata, watch, new FatalErrors("worker", code -> {}), () -> {});
            PublishingThread.InFlight first = publishing.begin(commits(1));
            sent.await();
            first.withdraw(Set.of(GIVEN));
            withdrawn.countDown();

            assertThat(first.task().await(PATIENCE)).isInstanceOf(PublishOutcome.Failed.class);
            assertThat(committed(admin)).isEmpty();

            PublishingThread.InFlight second = publishing.begin(commits(2));
            second.withdraw(Set.of(new PartitionRef(GIVEN.topic(), 7)));
            assertThat(second.task().await(PATIENCE)).isInstanceOf(PublishOutcome.Committed.class);
            assertThat(committed(admin)).hasSize(2);
            publishing.close(new StopBudget(PATIENCE));
        }
    }

    /**
     * Kafka's producer keeps offsets that were never answered when it aborts, and sends them with its next transaction. Here
     * a result is refused while a new producer still looks for the group's coordinator, which it does not always: hence
     * the rounds.
     */
    @Test
    void shouldNotCommitOffsetsOfAFailedPublicationWithTheNext() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(folder, 0, false));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "group.id", "group"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            FleetTopics.create(broker.bootstrap(), Topics.DEFAULT, 2, (short) 1);
            configure(admin, Topics.DEFAULT.results(), "max.message.bytes", "100");
            for (int round = 1; round <= ROUNDS; round++) {
                PublishingThread publishing = new PublishingThread(
                        settings(broker),
                        member::groupMetadata,
                        CrashPoint.Watch.NONE,
                        new FatalErrors("worker", code -> {}),
                        () -> {});
                PublishingThread.InFlight refused = publishing.begin(new PendingTransaction(
                        List.of(answer()), Map.of(GIVEN, new PendingTransaction.Commit(5, "given"))));
                assertThat(refused.task().await(PATIENCE)).isInstanceOf(PublishOutcome.Failed.class);

                PublishingThread.InFlight next = publishing.begin(
                        new PendingTransaction(List.of(), Map.of(KEPT, new PendingTransaction.Commit(round, ""))));
                assertThat(next.task().await(PATIENCE)).isInstanceOf(PublishOutcome.Committed.class);
                publishing.close(new StopBudget(PATIENCE));

                assertThat(committed(admin)).isEqualTo(Map.of(partition(KEPT), new OffsetAndMetadata(round, "")));
            }
        }
    }

    private static void configure(Admin admin, String topic, String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static Publication answer() {
        Result result = new Result(
                "id",
                new Outcome.Expired(Instant.EPOCH),
                null,
                null,
                null,
                new Result.Source(GIVEN.topic(), GIVEN.number(), 4, null),
                0,
                1,
                "w",
                null,
                null,
                null,
                List.of());
        return new Publication(result, new OriginalRecord(null, null, List.of(), 0), "jobs-1@4", null, null);
    }

    private static PendingTransaction commits(long offset) {
        return new PendingTransaction(
                List.of(),
                Map.of(
                        KEPT, new PendingTransaction.Commit(offset, "kept"),
                        GIVEN, new PendingTransaction.Commit(offset, "given")));
    }

    private static PublishSettings settings(EmbeddedBroker broker) {
        return new PublishSettings(
                broker.bootstrap(),
                "worker",
                Topics.DEFAULT.results(),
                Topics.DEFAULT.deadLetters(),
                "test",
                "worker",
                "group",
                Topics.DEFAULT.allJobs(),
                1 << 20,
                Duration.ofMillis(100),
                Duration.ofSeconds(30),
                Clock.systemUTC());
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        ListConsumerGroupOffsetsSpec both =
                new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition(KEPT), partition(GIVEN)));
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < PATIENCE.toNanos()) {
            Map<TopicPartition, OffsetAndMetadata> told = admin.listConsumerGroupOffsets(
                            Map.of("group", both), new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata()
                    .get();
            // An offset that a transaction is about to change is not among those that are told; none is told as null.
            if (told.size() == 2) {
                told.values().removeIf(Objects::isNull);
                return told;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the offsets are not stable");
    }

    private static TopicPartition partition(PartitionRef ref) {
        return new TopicPartition(ref.topic(), ref.number());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
