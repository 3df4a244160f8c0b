package dev.limner.worker.pipeline;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.broker.FreePorts;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker of a test's own, to take things away from: topics, rights, itself. Everybody may do what is not denied. */
public final class OwnBroker implements AutoCloseable {
    static final Topics TOPICS = new Topics("own");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final BrokerSettings settings;
    private EmbeddedBroker broker;

    public OwnBroker(Path folder) {
        this.settings = new BrokerSettings(folder, FreePorts.next(), false);
        this.broker = start();
        FleetTopics.create(bootstrap(), TOPICS, 2, (short) 1);
    }

    public EmbeddedBroker start() {
        broker = EmbeddedBroker.start(
                settings,
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true",
                        // Several brokers share a test's heap; by default each takes 128 MB of it at once.
                        "log.cleaner.dedupe.buffer.size",
                        "4194304"));
        return broker;
    }

    public void stop() {
        broker.close();
    }

    public String bootstrap() {
        return "localhost:" + settings.port();
    }

    /** Something done with the broker's own tools. */
    public interface Task {
        void with(Admin admin) throws Exception;
    }

    public void admin(Task task) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            task.with(admin);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void delete(String topic) {
        admin(admin -> admin.deleteTopics(List.of(topic)).all().get());
    }

    public void create(String topic) {
        admin(admin -> admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                .all()
                .get());
    }

    public void mostBytes(String topic, int bytes) {
        admin(admin -> admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", String.valueOf(bytes)),
                                AlterConfigOp.OpType.SET))))
                .all()
                .get());
    }

    public void deny(ResourceType type, String name, AclOperation operation) {
        // The first rule on a resource ends "everybody may".
        admin(admin -> admin.createAcls(List.of(
                        acl(type, name, AclOperation.ALL, AclPermissionType.ALLOW),
                        acl(type, name, operation, AclPermissionType.DENY)))
                .all()
                .get());
    }

    public void allowAgain(ResourceType type, String name, AclOperation operation) {
        admin(admin -> admin.deleteAcls(List.of(
                        acl(type, name, operation, AclPermissionType.DENY).toFilter()))
                .all()
                .get());
    }

    private static AclBinding acl(
            ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    public void send(String... values) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(
                                TOPICS.jobs(Topics.Lane.STANDARD), value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each value in a batch of its own. */
    public void sendTo(TopicPartition partition, String... values) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(
                                partition.topic(), partition.partition(), null, value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ids of the jobs with a result, each as often as it has one. */
    public List<String> answered(int atLeast) {
        return records(TOPICS.results(), atLeast).stream()
                .map(record -> ResultCodec.decode(record.value()))
                .map(Result::jobId)
                .toList();
    }

    public List<ConsumerRecord<byte[], byte[]>> records(String topic, int atLeast) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            boolean more = true;
            while ((records.size() < atLeast && System.nanoTime() < deadline) || more) {
                int before = records.size();
                consumer.poll(Duration.ofMillis(300)).forEach(records::add);
                more = records.size() > before;
            }
            return records;
        }
    }

    /** Waits until something holds; false if it does not within the test's patience. */
    public static boolean soon(BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(50);
        }
        return true;
    }

    @Override
    public void close() {
        broker.close();
    }
}
