package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.code;
import static dev.limner.worker.pipeline.TestRecords.results;
import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8;
import static dev.limner.worker.pipeline.TestRecords.utf8Record;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.condition.CachingTextEncoder;
import dev.limner.generator.condition.PretrainedEncoder;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.generator.render.RenderRequest;
import dev.limner.generator.render.Renderer;
import dev.limner.protocol.Digests;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import dev.limner.store.file.FileStore;
import dev.limner.store.file.LocalDisk;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import dev.limner.worker.release.ModelAnnouncements;
import dev.limner.worker.release.ReleaseSettings;
import dev.limner.worker.release.TestBundles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases swapped into a worker that generates, over a real broker. */
class SwapTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int JOBS = 600;

    @TempDir
    static Path folder;

    private static TextEncoder encoder;
    private static FileStore images;
    private static TestBundles bundles;
    private static FileBundleStore store;

    @BeforeAll
    static void load() {
        TorchThreads.set(1);
        encoder = new CachingTextEncoder(PretrainedEncoder.MINI_LM.load(folder.resolve("cache"), 1), 1000);
        images = new FileStore(folder.resolve("images"), FileStore.Durability.OS, "test", new LocalDisk());
        bundles = new TestBundles(folder.resolve("made"), encoder.dimensions(), encoder.id());
        store = new FileBundleStore(folder.resolve("store"));
    }

    @AfterAll
    static void close() {
        images.close();
        encoder.close();
    }

    @Test
    void shouldGenerateEveryJobOnceWithTheModelItNamesWhileReleasesComeAndGo() throws Exception {
        Topics topics = TestCluster.topics("swap");
        List<Manifest> line = line(5);
        ModelRecord record = ModelRecord.first("default", release(line.get(0)), "", Instant.now());
        announce(topics, record);
        try (Fleet one = new Fleet(topics, "one", line.get(0));
                Fleet two = new Fleet(topics, "two", line.get(0))) {
            for (int from = 0; from < JOBS; from += 60) {
                send(jobs(topics, from, from + 60));
                if (from % 120 == 60) {
                    // The jobs sent just now are in flight, those before them found the releases before this one.
                    assertThat(results(topics, from)).hasSizeGreaterThanOrEqualTo(from);
                    Manifest next = line.get(1 + from / 120 % 4);
                    record = from / 120 % 2 == 0
                            ? record.withLive(release(next), "", Instant.now())
                            : record.withCanary(release(next), 0.3, "", Instant.now());
                    announce(topics, record);
                    // Either may own the lane, and jobs sent from here on are to find this release.
                    one.await(record.revision());
                    two.await(record.revision());
                }
            }
            Map<String, Result> results = results(topics, JOBS);

            assertThat(results).hasSize(JOBS);
            Set<String> used = new HashSet<>();
            for (int i = 0; i < JOBS; i++) {
                Result result = results.get("j-" + i);
                used.add(result.model().digest());
                if (i % 10 == 0) {
                    assertGeneratedBy(result, "dog " + i % 30);
                }
            }
            assertThat(used).hasSizeGreaterThanOrEqualTo(4);
            assertThat(two.runtime.status().refused()).isEmpty();
        }
        try (Fleet late = new Fleet(topics, "late", line.get(0))) {
            WorkerStatus status = late.runtime.status();
            assertThat(status.revision()).isEqualTo(record.revision());
            assertThat(status.models().get(0).digest()).isEqualTo(record.live().digest());
        }
    }

    @Test
    void shouldGenerateWithTheDigestAJobNamesAndServeOnWhenAReleaseIsBad() throws Exception {
        Topics topics = TestCluster.topics("pinned");
        List<Manifest> line = line(3);
        ModelRecord record = ModelRecord.first("default", release(line.get(0)), "", Instant.now());
        announce(topics, record);
        try (Fleet worker = new Fleet(topics, "w", line.get(0))) {
            ModelRecord bad = record.withLive(
                    new ModelRecord.Release("f".repeat(64), folder.toUri().toString(), null), "", Instant.now());
            announce(topics, bad);
            worker.await(bad.revision());
            String lane = topics.jobs(Topics.Lane.STANDARD);
            send(List.of(
                    utf8Record(lane, "{\"id\":\"plain\",\"caption\":\"cat\",\"seed\":1}"),
                    utf8Record(lane, job("pinned", line.get(2).digest())),
                    utf8Record(lane, job("nowhere", "e".repeat(64)))));

            Map<String, Result> results = results(topics, 3);

            assertThat(results.get("plain").model().digest())
                    .isEqualTo(line.get(0).digest());
            assertGeneratedBy(results.get("plain"), "cat");
            assertThat(results.get("pinned").model().digest())
                    .isEqualTo(line.get(2).digest());
            assertGeneratedBy(results.get("pinned"), "cat");
            assertThat(code(results.get("nowhere"))).isEqualTo(ErrorCode.UNKNOWN_MODEL);
            assertThat(worker.runtime.status().refused())
                    .extracting(WorkerStatus.Refusal::digest)
                    .containsExactly("f".repeat(64));
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> jobs(Topics topics, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> utf8Record(
                        topics.jobs(Topics.Lane.STANDARD),
                        "{\"id\":\"j-" + i + "\",\"caption\":\"dog " + i % 30 + "\",\"seed\":" + i + "}"))
                .toList();
    }

    private static String job(String id, String digest) {
        return "{\"id\":\"" + id + "\",\"caption\":\"cat\",\"seed\":1,\"model\":\"default@" + digest + "\"}";
    }

    /** A worker that follows the topic of models. */
    private static final class Fleet implements AutoCloseable {
        private final ModelCatalog slots;
        private final ModelAnnouncements announcements;
        private final WorkerRuntime runtime;

        Fleet(Topics topics, String name, Manifest first) {
            slots = new ModelCatalog(model(ModelBundle.read(bundles.folder(first))));
            announcements = new ModelAnnouncements(
                    new ReleaseSettings(
                            TestCluster.bootstrap(),
                            topics.models(),
                            topics.workers(),
                            name,
                            ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu()))
                                    .name(),
                            folder.resolve("copies-" + topics.prefix() + name),
                            null,
                            1 << 20,
                            2,
                            ReleaseSettings.Beside.ALWAYS,
                            false),
                    store,
                    SwapTest::model,
                    slots,
                    Clock.systemUTC());
            runtime = WorkerFixture.worker(topics, name, slots, announcements, images, 1_000_000);
        }

        void await(long revision) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (announcements.revision() < revision && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            assertThat(announcements.revision()).isEqualTo(revision);
        }

        @Override
        public void close() {
            assertThat(runtime.failure()).isNull();
            runtime.close();
            announcements.close();
            slots.close();
        }
    }

    private static LoadedModel model(ModelBundle bundle) {
        return new LoadedModel(
                BatchedGenerator.of(ModelGenerator.load(bundle, Device.cpu()), BatchBuckets.suiting(Device.cpu())),
                encoder,
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }

    /** The same image, generated by hand from the bundle that the result names. */
    private static void assertGeneratedBy(Result result, String caption) {
        Outcome.Completed completed = (Outcome.Completed) result.outcome();
        Outcome.ImageRef image = completed.images().get(0);
        int batch = ExecutionProfile.batchOf(completed.profile()).orElseThrow();
        Path bundle = folder.resolve("made").resolve(result.model().digest());
        try (Renderer renderer = Renderer.load(ModelBundle.read(bundle), Device.cpu())) {
            float[] embedding = encoder.encode(caption).embedding();
            byte[] pixels = renderer.render(List.of(new RenderRequest(embedding, image.seed(), 0, 1)), batch)
                    .get(0)
                    .rgb();
            assertThat(Digests.sha256(pixels)).isEqualTo(image.pixelsSha256());
        }
    }

    private static List<Manifest> line(int length) {
        List<Manifest> line = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            String parent = i == 0 ? null : line.get(i - 1).digest();
            Manifest manifest = bundles.make("default", i + 1, i, parent);
            store.put(bundles.folder(manifest), manifest, null);
            line.add(manifest);
        }
        return line;
    }

    private static ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), null);
    }

    private static void announce(Topics topics, ModelRecord record) {
        send(List.of(new ProducerRecord<>(topics.models(), utf8("default"), record.encode())));
    }
}
