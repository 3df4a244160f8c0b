package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.TorchThreads;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import dev.limner.worker.release.ModelAnnouncements;
import dev.limner.worker.release.ReleaseSettings;
import dev.limner.worker.release.TestBundles;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker that starts serves, over a real broker: what is live, or nothing. */
class LiveAtStartTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    static Path folder;

    private static TestBundles bundles;
    private static FileBundleStore store;
    private static Manifest shipped;
    private static Manifest second;
    private static Manifest third;
    private static PrivateKey key;

    @BeforeAll
    static void make() {
        TorchThreads.set(1);
        bundles = new TestBundles(folder.resolve("made"), 32, "sha-256");
        store = new FileBundleStore(folder.resolve("store"));
        shipped = bundles.make("default", 1, 0, null);
        second = bundles.make("default", 2, 1, shipped.digest());
        third = bundles.make("default", 3, 2, second.digest());
        store.put(bundles.folder(shipped), shipped, null);
        ReleaseKeys.generate(folder.resolve("keys"));
        key = ReleaseKeys.readPrivate(folder.resolve("keys/release.key"));
    }

    @Test
    void shouldServeWhatItCameWithWhereNothingIsAnnounced() {
        try (Worker worker = new Worker(TestCluster.topics("start-none"), "none", false, false)) {
            assertThat(worker.isReady()).isTrue();
            assertThat(worker.serving()).isEqualTo(shipped.digest());
        }
    }

    @Test
    void shouldWaitForALiveReleaseThatIsNotToBeHadAndServeItThen() throws Exception {
        Topics topics = TestCluster.topics("start-missing");
        ModelRecord record = ModelRecord.first("default", release(shipped), "", NOW);
        ModelRecord.Release missing =
                new ModelRecord.Release("f".repeat(64), folder.toUri().toString(), null);
        announce(topics, record.withLive(missing, "", NOW));
        try (Worker worker = new Worker(topics, "missing", false, false);
                Worker lenient = new Worker(topics, "lenient", false, true)) {
            assertThat(worker.isReady()).isFalse();
            assertThat(lenient.isReady()).isTrue();

            store.put(bundles.folder(second), second, null);
            announce(topics, record.withLive(missing, "", NOW).withLive(release(second), "", NOW));
            worker.announcements.ready().get(60, TimeUnit.SECONDS);
            assertThat(worker.serving()).isEqualTo(second.digest());
        }
    }

    @Test
    void shouldWaitWhereTheOnlyRecordCannotBeReadAndKeepItsModelWhereALaterOneCannot() throws Exception {
        Topics topics = TestCluster.topics("start-unreadable");
        send(List.of(new ProducerRecord<>(
                topics.models(), utf8("default"), utf8("{\"model\":\"default\",\"revision\":1}"))));
        store.put(bundles.folder(second), second, null);
        try (Worker worker = new Worker(topics, "unreadable", false, false)) {
            assertThat(worker.isReady()).isFalse();

            announce(topics, ModelRecord.first("default", release(second), "", NOW));
            worker.announcements.ready().get(60, TimeUnit.SECONDS);
            send(List.of(new ProducerRecord<>(topics.models(), utf8("default"), utf8("null"))));
            announce(topics, new ModelRecord("default", 3, release(shipped), null, List.of(), "", NOW));
            worker.awaitRevision(3);
        }
    }

    @Test
    void shouldBelieveTheNewestSignedRecordWhateverIsWrittenAfterIt() throws Exception {
        Topics topics = TestCluster.topics("start-signed");
        store.put(bundles.folder(second), second, ReleaseKeys.sign(key, second.digest()));
        store.put(bundles.folder(third), third, ReleaseKeys.sign(key, third.digest()));
        ModelRecord old = signed(ModelRecord.first("default", signed(second), "", NOW));
        ModelRecord live = signed(old.withLive(signed(third), "", NOW));
        announce(topics, old);
        announce(topics, live);
        announce(topics, old);
        announce(topics, live.withLive(signed(second), "forged", NOW));
        send(List.of(new ProducerRecord<>(topics.models(), utf8("default"), null)));

        try (Worker fresh = new Worker(topics, "fresh", true, false)) {
            assertThat(fresh.isReady()).isTrue();
            assertThat(fresh.serving()).isEqualTo(third.digest());
            assertThat(fresh.announcements.revision()).isEqualTo(2);
        }
    }

    @Test
    void shouldWaitRatherThanBelieveAnUnsignedRecordOrOneThatTheFleetHasLeftBehind() throws Exception {
        Topics topics = TestCluster.topics("start-replayed");
        store.put(bundles.folder(second), second, ReleaseKeys.sign(key, second.digest()));
        ModelRecord old = ModelRecord.first("default", signed(second), "", NOW);
        announce(topics, old);
        try (Worker fresh = new Worker(topics, "unsigned", true, false)) {
            assertThat(fresh.isReady()).isFalse();
            assertThat(fresh.announcements.refused().get(0).code()).isEqualTo(RefusalCode.RECORD_DOUBTED);
            announce(topics, signed(old));
            fresh.announcements.ready().get(60, TimeUnit.SECONDS);
            assertThat(fresh.announcements.refused()).isEmpty();
        }

        // All that compaction left is the old record; only the other workers know of newer ones.
        send(List.of(new ProducerRecord<>(topics.workers(), utf8("w"), status(4).encode())));
        try (Worker fresh = new Worker(topics, "replayed", true, false)) {
            assertThat(fresh.isReady()).isFalse();
            assertThat(fresh.announcements.refused().get(0).code()).isEqualTo(RefusalCode.RECORD_DOUBTED);
            assertThat(fresh.announcements.refused().get(0).reason()).contains("older than revision 4");
            announce(topics, signed(old.again(4, "", NOW)));
            fresh.announcements.ready().get(60, TimeUnit.SECONDS);
        }
    }

    private static WorkerStatus status(long revision) {
        return new WorkerStatus(
                "w",
                "running",
                "cpu",
                "",
                List.of(new WorkerStatus.Loaded("default", third.digest(), WorkerStatus.Role.LIVE, 0, 0)),
                revision,
                List.of(),
                0,
                0,
                0,
                0,
                null,
                NOW);
    }

    /** A worker's models, as they are before it joins its group. */
    private static final class Worker implements AutoCloseable {
        private final ModelCatalog slots = new ModelCatalog(model(ModelBundle.read(bundles.folder(shipped))));
        private final ModelAnnouncements announcements;

        Worker(Topics topics, String name, boolean strict, boolean fallback) {
            announcements = new ModelAnnouncements(
                    new ReleaseSettings(
                            TestCluster.bootstrap(),
                            topics.models(),
                            topics.workers(),
                            name,
                            ExecutionProfile.of(Device.cpu(), 1, 8).name(),
                            folder.resolve("copies-" + name),
                            strict ? ReleaseKeys.readPublic(folder.resolve("keys/release.pub")) : null,
                            1 << 20,
                            2,
                            ReleaseSettings.Beside.ALWAYS,
                            fallback),
                    store,
                    LiveAtStartTest::model,
                    slots,
                    Clock.systemUTC());
        }

        boolean isReady() {
            return announcements.ready().isDone();
        }

        String serving() {
            return slots.serving().model().digest();
        }

        void awaitRevision(long revision) throws InterruptedException {
            for (int i = 0; i < 3000 && announcements.revision() < revision; i++) {
                Thread.sleep(20);
            }
            assertThat(announcements.revision()).isEqualTo(revision);
        }

        @Override
        public void close() {
            announcements.close();
            slots.close();
        }
    }

    private static LoadedModel model(ModelBundle bundle) {
        return new LoadedModel(
                BatchedGenerator.of(ModelGenerator.load(bundle, Device.cpu()), new BatchBuckets(List.of(4, 8))),
                new HashTextEncoder(),
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }

    private static ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), null);
    }

    private static ModelRecord.Release signed(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(),
                store.uri("default", manifest.digest()).toString(),
                ReleaseKeys.sign(key, manifest.digest()));
    }

    private static ModelRecord signed(ModelRecord record) {
        return ReleaseKeys.sign(key, record);
    }

    private static void announce(Topics topics, ModelRecord record) {
        send(List.of(new ProducerRecord<>(topics.models(), utf8("default"), record.encode())));
    }
}
