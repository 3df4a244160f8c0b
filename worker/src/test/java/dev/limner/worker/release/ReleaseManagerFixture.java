package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.FileBundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.generator.device.ExecutionProfile;
import dev.limner.generator.device.ReferenceBatch;
import dev.limner.generator.device.TorchThreads;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.condition.HashTextEncoder;
import dev.limner.worker.model.BatchBuckets;
import dev.limner.worker.model.BatchedGenerator;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Real bundles of small networks, a store of them, and what runs {@code first}. */
abstract class ReleaseManagerFixture {
    static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path folder;

    TestBundles bundles;
    ModelCatalog slots;
    FileBundleStore store;
    Manifest first;

    @BeforeEach
    void start() {
        TorchThreads.set(1);
        bundles = new TestBundles(folder.resolve("made"));
        store = new FileBundleStore(folder.resolve("store"));
        first = bundles.make("default", 1, 0, null);
        store.put(bundles.folder(first), first, null);
        slots = new ModelCatalog(load(ModelBundle.read(bundles.folder(first))));
    }

    @AfterEach
    void stop() {
        slots.close();
    }

    static void assertRefused(ReleaseManager releases, String digest, RefusalCode code, String reason) {
        WorkerStatus.Refusal last = releases.refused().getLast();
        assertThat(last.reason()).contains(reason);
        assertThat(last.code()).isEqualTo(code);
        assertThat(last.digest()).isEqualTo(digest);
    }

    static Path weights(Path bundle) {
        return bundle.resolve("weights.safetensors");
    }

    static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    ModelRecord.Release put(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(),
                store.put(bundles.folder(manifest), manifest, null).toString(),
                null);
    }

    ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), null);
    }

    ModelRecord.Release signed(Manifest manifest, String whose) {
        String signature = ReleaseKeys.sign(
                ReleaseKeys.readPrivate(folder.resolve(whose).resolve("release.key")), manifest.digest());
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), signature);
    }

    static Job job(@Nullable String digest) {
        String model = digest == null ? "default" : "default@" + digest;
        byte[] record = ("{\"caption\":\"a\",\"model\":\"" + model + "\"}").getBytes(StandardCharsets.UTF_8);
        return ((Decoded.Valid) JobCodec.decode(record, "j")).job();
    }

    static String profile() {
        return ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu()))
                .name();
    }

    ReleaseManager releases(ReleaseSettings.Beside beside) {
        return releases(new ReleaseSettings(
                "", "", "", "", profile(), folder.resolve("cache"), null, 1 << 20, 2, beside, false));
    }

    ReleaseManager releases(ReleaseSettings settings) {
        return releases(settings, ReleaseManagerFixture::load);
    }

    ReleaseManager releases(ReleaseSettings settings, ModelLoader loader) {
        return releases(settings, loader, store);
    }

    ReleaseManager releases(BundleStore bundleStore) {
        ReleaseSettings settings = new ReleaseSettings(
                "",
                "",
                "",
                "",
                profile(),
                folder.resolve("cache"),
                null,
                1 << 20,
                2,
                ReleaseSettings.Beside.ALWAYS,
                false);
        return releases(settings, ReleaseManagerFixture::load, bundleStore);
    }

    ReleaseManager releases(ReleaseSettings settings, ModelLoader loader, BundleStore bundleStore) {
        return new ReleaseManager(
                settings,
                bundleStore,
                loader,
                slots,
                slot -> new RevisionMemory(slot.shared("revision"), 0),
                bytes -> true,
                Clock.systemUTC());
    }

    static LoadedModel load(ModelBundle bundle) {
        if (!bundle.manifest().requireTextEncoder().equals("sha-256")) {
            throw new BundleException(
                    RefusalCode.ENCODER_UNKNOWN,
                    "there is no text encoder " + bundle.manifest().requireTextEncoder());
        }
        return new LoadedModel(
                BatchedGenerator.of(ModelGenerator.load(bundle, Device.cpu()), BatchBuckets.suiting(Device.cpu())),
                new HashTextEncoder(),
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }
}
