package dev.limner.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FatalErrors;
import dev.limner.worker.fault.CrashPoint;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.lifecycle.StopBudget;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class PublishingTest {
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
            Publishing publishing = new Publishing(
                    settings(broker), member::groupMetadata, watch, new FatalErrors("worker", code -> {}), () -> {});
            Publishing.InFlight first = publishing.begin(commits(1));
            sent.await();
            first.withdraw(Set.of(GIVEN));
            withdrawn.countDown();

            assertThat(first.task().await(PATIENCE)).isInstanceOf(Published.Failed.class);
            assertThat(committed(admin)).isEmpty();

            Publishing.InFlight second = publishing.begin(commits(2));
            second.withdraw(Set.of(new PartitionRef(GIVEN.topic(), 7)));
            assertThat(second.task().await(PATIENCE)).isInstanceOf(Published.Committed.class);
            assertThat(committed(admin)).hasSize(2);
            publishing.close(new StopBudget(PATIENCE));
        }
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
        // Stable: a transaction that has just been committed may still be pending for whoever looks.
        return admin.listConsumerGroupOffsets("group", new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
