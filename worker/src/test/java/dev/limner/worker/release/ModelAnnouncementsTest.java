package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.TorchThreads;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.ModelRecord;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import dev.limner.worker.model.ModelRoute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The models topic of a real broker. */
class ModelAnnouncementsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static TestBundles bundles;
    private static FileBundleStore store;
    private static Manifest first;
    private static Manifest second;

    @BeforeAll
    static void start() {
        TorchThreads.set(1);
        broker = EmbeddedBroker.start(new BrokerSettings(folder.resolve("broker"), 0, false));
        bundles = new TestBundles(folder.resolve("made"));
        store = new FileBundleStore(folder.resolve("store"));
        first = bundles.make("default", 1, 0, null);
        second = bundles.make("default", 2, 1, first.digest());
        store.put(bundles.folder(first), first, null);
        store.put(bundles.folder(second), second, null);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldFollowAModelsTopicThatWasMadeAgain() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                ModelCatalog slots = new ModelCatalog(load(ModelBundle.read(bundles.folder(first))))) {
            create(admin, "again.models");
            send("again.models", new ModelRecord("default", 7, release(first), null, List.of(), "", NOW));
            try (ModelAnnouncements announcements = follow("again.models", slots, store)) {
                assertThat(announcements.revision()).isEqualTo(7);

                admin.deleteTopics(List.of("again.models")).all().get();
                create(admin, "again.models");
                send("again.models", ModelRecord.first("default", release(second), "", NOW));

                await(() -> announcements.revision() == 1);
                assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
                assertThat(announcements.failing()).isEmpty();
            }
        }
    }

    @Test
    void shouldTryAgainToLoadAModelThatAJobNames() throws Exception {
        AtomicInteger failures = new AtomicInteger(1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
                ModelCatalog slots = new ModelCatalog(load(ModelBundle.read(bundles.folder(first))))) {
            create(admin, "pinned.models");
            try (ModelAnnouncements announcements =
                    follow("pinned.models", slots, new FailingBundleStore(store, failures))) {
                assertThat(slots.of(job())).isEqualTo(new ModelRoute.Loading());
                slots.want(job());
                await(() -> slots.of(job()).equals(new ModelRoute.Ready(second.digest())));
                assertThat(failures).hasNegativeValue();
                assertThat(announcements.refused()).isEmpty();
            }
        }
    }

    private static ModelAnnouncements follow(String topic, ModelCatalog slots, BundleStore bundleStore) {
        ReleaseSettings settings = new ReleaseSettings(
                broker.bootstrap(),
                topic,
                topic + "-workers",
                "t",
                ExecutionProfile.of(Device.cpu(), 1, 8).name(),
                folder.resolve(topic),
                null,
                1 << 20,
                2,
                ReleaseSettings.Beside.ALWAYS,
                false);
        return new ModelAnnouncements(settings, bundleStore, ModelAnnouncementsTest::load, slots, Clock.systemUTC());
    }

    private static LoadedModel load(ModelBundle bundle) {
        return new LoadedModel(
                BatchedGenerator.of(ModelGenerator.load(bundle, Device.cpu()), new BatchBuckets(List.of(4, 8))),
                new HashTextEncoder(),
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }

    private static ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), null);
    }

    private static Job job() {
        byte[] record =
                ("{\"caption\":\"a\",\"model\":\"default@" + second.digest() + "\"}").getBytes(StandardCharsets.UTF_8);
        return ((Decoded.Valid) JobCodec.decode(record, "j")).job();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static void create(Admin admin, String topic) throws Exception {
        while (true) {
            try {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                        .all()
                        .get();
                return;
            } catch (ExecutionException e) {
                // Deleted a moment ago, and not everywhere yet.
                assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
                Thread.sleep(50);
            }
        }
    }

    private static void send(String topic, ModelRecord record) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, "default".getBytes(StandardCharsets.UTF_8), record.encode()))
                    .get();
        }
    }
}
