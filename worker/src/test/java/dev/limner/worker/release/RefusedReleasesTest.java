package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.model.ModelCatalog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Real bundles of small networks that somebody has been at: each is refused with its reason. */
class RefusedReleasesTest extends ReleaseManagerFixture {
    /** Of one processor, threads and library; what was computed otherwise since is not in the old names. */
    @Test
    void shouldTakeAReleaseMadeBeforeProfilesNamedTheirArithmeticWithinTheTolerance() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        String old = "torch-2.7.1-amd64-cpu-avx512-t1";
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);
        for (int off : new int[] {1, 2}) {
            ModelRecord.Release aged =
                    put(bundles.seenOn(bundles.make("default", off + 1, off, first.digest()), old, off));
            record = record.withLive(aged, "", NOW);
            releases.follow(record);
            assertThat(slots.serving().model().digest()).isEqualTo(aged.digest());
        }

        ModelRecord.Release far = put(bundles.seenOn(bundles.make("default", 4, 3, first.digest()), old, 3));
        releases.follow(record.withLive(far, "", NOW));
        assertRefused(releases, far.digest(), RefusalCode.PROBE_FAILED, "differ by 3 of 255");

        ModelRecord.Release here = put(bundles.seenOn(bundles.make("default", 5, 4, first.digest()), profile(), 1));
        releases.follow(record.withLive(far, "", NOW).withLive(here, "", NOW));
        assertRefused(releases, here.digest(), RefusalCode.PROBE_FAILED, "at most 0 here");
    }

    @Test
    void shouldRefuseWhatIsNotSignedWithItsKey() throws Exception {
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseKeys.generate(folder.resolve("theirs"));
        ReleaseManager releases = releases(new ReleaseSettings(
                "",
                "",
                "",
                "",
                profile(),
                folder.resolve("cache"),
                ReleaseKeys.readPublic(folder.resolve("ours/release.pub")),
                1 << 20,
                2,
                ReleaseSettings.Beside.ALWAYS,
                false));
        ModelRecord.Release bare = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", signed(first, "ours"), "", NOW);
        releases.follow(record);

        releases.follow(record.withLive(bare, "", NOW));
        assertRefused(releases, bare.digest(), RefusalCode.UNSIGNED, "not signed");

        Manifest second = bundles.manifest(bare.digest());
        releases.follow(new ModelRecord("default", 5, signed(second, "theirs"), null, List.of(), "", NOW));
        assertRefused(releases, bare.digest(), RefusalCode.SIGNATURE_INVALID, "signature");
        for (int i = 0; i < 100; i++) {
            releases.refuse(new ReleaseRejected(bare.digest(), RefusalCode.RECORD_DOUBTED, "forged"));
        }
        assertThat(releases.refused())
                .extracting(WorkerStatus.Refusal::code)
                .containsExactly(RefusalCode.SIGNATURE_INVALID, RefusalCode.RECORD_DOUBTED);
        assertThat(slots.serving().model().digest()).isEqualTo(first.digest());

        releases.follow(new ModelRecord("default", 6, signed(second, "ours"), null, List.of(), "", NOW));
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.refused()).isEmpty();
    }

    @Test
    void shouldRefuseEveryBrokenBundleWithItsReasonAndServeOn() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        refuses(releases, RefusalCode.WEIGHTS_INVALID, "has digest", made -> truncate(weights(made)));
        refuses(releases, RefusalCode.WEIGHTS_INVALID, "has digest", made -> flip(weights(made)));
        refuses(
                releases,
                RefusalCode.MANIFEST_INVALID,
                "its content has",
                made -> edit(made, "\"latent\" : 8", "\"latent\" : 9"));
        refuses(
                releases,
                RefusalCode.BUNDLE_MISSING,
                "there is no bundle",
                made -> Files.delete(made.resolve("manifest.json")));
        refuses(releases, RefusalCode.BUNDLE_MISSING, "weights.safetensors", made -> Files.delete(weights(made)));
        refuses(releases, RefusalCode.TOO_LARGE, "at most", made -> Files.write(weights(made), new byte[2 << 20]));

        refusesRewritten(releases, RefusalCode.WEIGHTS_INVALID, "holds NaN", TestBundles::writeNaN);
        refusesRewritten(releases, RefusalCode.WEIGHTS_INVALID, "declares a header of", file -> {
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 40);
            Files.write(file, bytes);
        });
        refusesRewritten(releases, RefusalCode.WEIGHTS_INVALID, "starts at", TestBundles::overlap);
        refusesRewritten(releases, RefusalCode.WEIGHTS_INVALID, "declares a header of", file -> {
            try (OutputStream out = Files.newOutputStream(file);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.putNextEntry(new ZipEntry("data.pkl"));
                zip.write(new byte[4096]);
            }
        });
        refusesRewritten(releases, RefusalCode.WEIGHTS_INVALID, "the architecture needs", TestBundles::renameATensor);

        assertThat(slots.serving().model().digest()).isEqualTo(first.digest());
        assertThat(slots.lease(first.digest())).isPresent().hasValueSatisfying(ModelCatalog.Lease::close);
        assertThat(releases.refused()).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void shouldRefuseANetworkOrAnEncoderItDoesNotKnowAndAnotherModelsName() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        refusesManifest(releases, RefusalCode.ARCHITECTURE_UNKNOWN, "\"film\"", "\"diffusion\"", "'diffusion'");
        refusesManifest(
                releases,
                RefusalCode.ENCODER_UNKNOWN,
                "\"textEncoder\" : \"sha-256\"",
                "\"textEncoder\" : \"clip\"",
                "clip");
        refusesManifest(
                releases, RefusalCode.NAME_DIFFERS, "\"name\" : \"default\"", "\"name\" : \"other\"", "'other'");
    }

    @Test
    void shouldNotBelieveASignedRecordThatIsOlderThanTheFleetKnows() throws Exception {
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseSettings settings = new ReleaseSettings(
                "",
                "",
                "",
                "",
                profile(),
                folder.resolve("cache"),
                ReleaseKeys.readPublic(folder.resolve("ours/release.pub")),
                1 << 20,
                2,
                ReleaseSettings.Beside.ALWAYS,
                false);
        Manifest second = bundles.make("default", 2, 1, first.digest());
        put(second);
        ModelRecord old = ModelRecord.first("default", signed(first, "ours"), "", NOW);
        ModelRecord next = old.withLive(signed(second, "ours"), "", NOW);
        ReleaseManager releases = releases(settings);
        releases.follow(next);
        releases.close();

        ReleaseManager restarted = releases(settings);
        restarted.follow(old);
        assertRefused(restarted, first.digest(), RefusalCode.RECORD_DOUBTED, "older than revision 2");
        assertThat(restarted.hasRecord()).isFalse();

        restarted.follow(next);
        assertThat(restarted.servesLive()).isTrue();
        // A wanted way back is a newer record, whatever order the release has.
        restarted.follow(next.rolledBack("", NOW).orElseThrow());
        assertThat(slots.serving().model().digest()).isEqualTo(first.digest());
        assertThat(restarted.refused()).isEmpty();
    }

    /** What somebody does to the files of a bundle. */
    private interface Mischief {
        void on(Path path) throws IOException;
    }

    private void refuses(ReleaseManager releases, RefusalCode code, String reason, Mischief mischief) throws Exception {
        Manifest made = bundles.make("default", 2, 1, first.digest());
        Path stored = Path.of(store.put(bundles.folder(made), made, null));
        mischief.on(stored);
        releases.follow(next(releases, release(made)));
        assertRefused(releases, made.digest(), code, reason);
    }

    /** The mischief is done before the manifest is written, so that every digest is right. */
    private void refusesRewritten(ReleaseManager releases, RefusalCode code, String reason, Mischief mischief)
            throws Exception {
        Manifest made = bundles.make("default", 2, 1, first.digest());
        mischief.on(bundles.folder(made).resolve("weights.safetensors"));
        Manifest forged = bundles.manifest(made);
        releases.follow(next(releases, put(forged)));
        assertRefused(releases, forged.digest(), code, reason);
    }

    private void refusesManifest(ReleaseManager releases, RefusalCode code, String from, String to, String reason)
            throws Exception {
        Manifest made = bundles.make("default", 2, 1, first.digest());
        edit(bundles.folder(made), from, to);
        String digest = bundles.redigest(bundles.folder(made));
        Path target = Path.of(store.uri("default", digest));
        Files.createDirectories(target);
        for (String name : List.of("weights.safetensors", "probes.png", "manifest.json")) {
            Files.copy(bundles.folder(made).resolve(name), target.resolve(name));
        }
        releases.follow(
                next(releases, new ModelRecord.Release(digest, target.toUri().toString(), null)));
        assertRefused(releases, digest, code, reason);
    }

    private ModelRecord next(ReleaseManager releases, ModelRecord.Release live) {
        return new ModelRecord("default", releases.revision() + 1, live, null, List.of(), "", NOW);
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    }

    private static void edit(Path bundle, String from, String to) throws IOException {
        Path file = bundle.resolve("manifest.json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
