package dev.limner.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker: what cannot be told of one partition holds up no other. */
class PartitionStandingsTest {
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static Admin admin;

    private final Semaphore news = new Semaphore(0);

    @BeforeAll
    static void open() {
        broker = EmbeddedBroker.start(
                new BrokerSettings(folder, 0, false),
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    @AfterAll
    static void close() {
        admin.close();
        broker.close();
    }

    /** For clients a partition that is not there yet is one whose leader nobody knows. */
    @Test
    void shouldTellOfAllPartitionsButTheOneWithoutALeaderAndOfThatOneOnceItHasOne() throws Exception {
        create("leaderless", 2);
        try (PartitionStandings standings = standings("leaderless")) {
            standings.ask(new TopicPartition("leaderless", 2), 1, false, false);
            standings.ask(new TopicPartition("leaderless", 0), 2, false, false);
            standings.ask(new TopicPartition("leaderless", 1), 3, true, true);
            PartitionAssignment first = next(standings);
            PartitionAssignment second = next(standings);
            assertThat(List.of(first.partition().number(), second.partition().number()))
                    .containsExactlyInAnyOrder(0, 1);
            assertThat(List.of(first.ownership(), second.ownership())).containsExactlyInAnyOrder(2L, 3L);
            assertThat(List.of(first.recreated(), second.recreated())).containsExactlyInAnyOrder(false, true);
            assertThat(List.of(first.own(), second.own())).containsExactlyInAnyOrder(false, true);
            assertThat(first.committed()).isEqualTo(PartitionAssignment.NOTHING_COMMITTED);
            assertThat(first.topicId()).isEqualTo(id("leaderless"));

            admin.createPartitions(Map.of("leaderless", NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            assertThat(next(standings).partition().number()).isEqualTo(2);
        }
    }

    @Test
    void shouldTellOfAllPartitionsButTheOneWhoseOffsetATransactionIsAboutToChange() throws Exception {
        create("open", 2);
        try (PartitionStandings standings = standings("open");
                KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "group.id", "group"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", "open"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition("open", 0), new OffsetAndMetadata(0, "mine")), member.groupMetadata());
            standings.ask(new TopicPartition("open", 0), 1, false, false);
            standings.ask(new TopicPartition("open", 1), 2, false, false);
            assertThat(next(standings).partition().number()).isEqualTo(1);

            producer.commitTransaction();
            PartitionAssignment last = next(standings);
            assertThat(last.partition().number()).isZero();
            assertThat(last.metadata()).isEqualTo("mine");
        }
    }

    @Test
    void shouldNoticeThatATopicWasMadeAgainAndForgetPartitionsThatWereLost() throws Exception {
        create("again", 1);
        Uuid before = id("again");
        try (PartitionStandings standings = standings("again")) {
            await(() -> before.equals(standings.topicIds().ids().get("again")));
            admin.deleteTopics(List.of("again")).all().get();
            await(() -> !standings.topicIds().ids().containsKey("again"));
            create("again", 1);
            await(() -> standings.topicIds().ids().containsKey("again"));
            assertThat(standings.topicIds().ids()).containsEntry("again", id("again"));

            standings.ask(new TopicPartition("again", 1), 1, false, false);
            standings.forget(Set.of(new TopicPartition("again", 1)));
            standings.ask(new TopicPartition("again", 0), 2, false, false);
            assertThat(next(standings).ownership()).isEqualTo(2);
        }
    }

    @Test
    void shouldTellOfAllTopicsButTheOneItMayNotLookAtAndOfThatOneOnceItMay() throws Exception {
        create("allowed", 1);
        create("forbidden", 1);
        AclBinding deny = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "forbidden", PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.DESCRIBE, AclPermissionType.DENY));
        admin.createAcls(List.of(deny)).all().get();
        try (PartitionStandings standings = standings("forbidden", "allowed")) {
            standings.ask(new TopicPartition("forbidden", 0), 1, false, false);
            standings.ask(new TopicPartition("allowed", 0), 2, false, false);
            assertThat(next(standings).partition().topic()).isEqualTo("allowed");
            assertThat(standings.topicIds().ids()).containsOnlyKeys("allowed");

            admin.deleteAcls(List.of(deny.toFilter())).all().get();
            assertThat(next(standings).partition().topic()).isEqualTo("forbidden");
        }
    }

    private PartitionStandings standings(String... topics) {
        return new PartitionStandings(
                new IntakeSettings(broker.bootstrap(), "w", "group", "consumer", List.of(topics), 10), news::release);
    }

    private static void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private static Uuid id(String topic) throws Exception {
        return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .topicId());
    }

    private PartitionAssignment next(PartitionStandings standings) throws InterruptedException {
        PartitionAssignment[] found = new PartitionAssignment[1];
        await(() -> (found[0] = standings.take()) != null);
        return found[0];
    }

    private void await(BooleanSupplier what) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
            var unused = news.tryAcquire(100, TimeUnit.MILLISECONDS);
        }
    }
}
