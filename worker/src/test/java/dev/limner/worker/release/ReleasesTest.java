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
import dev.limner.worker.generate.FixedSizes;
import dev.limner.worker.generate.LoadedModel;
import dev.limner.worker.generate.ModelPainter;
import dev.limner.worker.generate.ModelSlots;
import dev.limner.worker.generate.PictureEngine;
import dev.limner.worker.schedule.Route;
import dev.limner.worker.text.HashTextEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real bundles of small networks: what is run, and what is refused and why. */
class ReleasesTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path folder;

    private TestBundles bundles;
    private ModelSlots slots;
    private FileBundleStore store;
    private Manifest first;

    @BeforeEach
    void start() {
        TorchThreads.set(1);
        bundles = new TestBundles(folder.resolve("made"));
        store = new FileBundleStore(folder.resolve("store"));
        first = bundles.make("default", 1, 0, null);
        store.put(bundles.folder(first), first, null);
        slots = new ModelSlots(load(ModelBundle.read(bundles.folder(first))));
    }

    @AfterEach
    void stop() {
        slots.close();
    }

    @Test
    void shouldRunWhatIsLiveAndGiveTheCanaryItsShare() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);

        releases.follow(record);
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(second.digest()));
        assertThat(releases.revision()).isEqualTo(2);

        releases.follow(record.withCanary(third, 1, "", NOW));
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(third.digest()));
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.refused()).isEmpty();
    }

    @Test
    void shouldKeepAShareOfTheJobsWithWhatWasLiveBefore() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord young = ModelRecord.first("default", release(first), "", NOW)
                .withLive(second, "", NOW)
                .holdingOut(0.9999, Duration.ofDays(9999));

        releases.follow(young);
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(first.digest()));

        releases.follow(young.withoutHoldout("", NOW).orElseThrow());
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(second.digest()));
    }

    /** It was away, or busy, while that was live. */
    @Test
    void shouldKeepAShareOfTheJobsWithAReleaseThatItNeverHeardOf() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord old = ModelRecord.first("default", release(first), "", NOW);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        releases.follow(old);

        releases.follow(
                old.withLive(second, "", NOW).withLive(third, "", NOW).holdingOut(0.9999, Duration.ofDays(9999)));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(second.digest()));
        assertThat(releases.refused()).isEmpty();
    }

    @Test
    void shouldGiveEveryJobToWhatIsLiveWhereTheHoldoutHasEnded() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));

        releases.follow(ModelRecord.first("default", release(first), "", Instant.EPOCH)
                .withLive(second, "", Instant.EPOCH)
                .holdingOut(0.9999, Duration.ofDays(1)));

        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(second.digest()));
    }

    @Test
    void shouldPassOverARecordThatIsNotNewer() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);

        releases.follow(record.withLive(second, "", NOW));
        releases.follow(record);

        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.revision()).isEqualTo(2);
    }

    @Test
    void shouldGoBackToWhatWasLiveButNotToAnOlderOneThatNeverWas() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release stranger = put(bundles.make("default", 9, 0, null));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);
        releases.follow(record);

        releases.follow(record.withLive(stranger, "", NOW));
        assertRefused(releases, stranger.digest(), RefusalCode.OLDER_THAN_LIVE, "release 0 of its line");
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());

        ModelRecord back = new ModelRecord("default", 9, release(first), null, List.of(), "", NOW);
        releases.follow(back);
        assertThat(slots.serving().model().digest()).isEqualTo(first.digest());
    }

    @Test
    void shouldExchangeModelsWhereThereIsNoRoomForTwo() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.NEVER);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);

        releases.follow(record.withLive(second, "", NOW));
        assertThat(slots.status()).extracting(WorkerStatus.Loaded::digest).containsExactly(second.digest());

        Manifest broken = bundles.make("default", 3, 2, second.digest());
        bundles.forgeProbes(broken);
        ModelRecord.Release wrong = put(bundles.manifest(broken));
        releases.follow(record.withLive(second, "", NOW).withLive(wrong, "", NOW));
        assertRefused(releases, wrong.digest(), RefusalCode.PROBE_FAILED, "differ by");
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(second.digest()));
        assertThat(slots.lease(second.digest())).isPresent().hasValueSatisfying(ModelSlots.Lease::close);
    }

    /** Of one processor, threads and library; what was computed otherwise since is not in the old names. */
    @Test
    void shouldTakeAReleaseMadeBeforeProfilesNamedTheirArithmeticWithinTheTolerance() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
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
    void shouldKeepTryingToServeAgainWhereTheOldModelFindsNoRoom() throws Exception {
        AtomicInteger full = new AtomicInteger(2);
        Releases releases = releases(
                new ReleaseSettings(
                        "",
                        "",
                        "",
                        "",
                        profile(),
                        folder.resolve("cache"),
                        null,
                        1 << 20,
                        2,
                        ReleaseSettings.Beside.NEVER,
                        false),
                bundle -> {
                    if (full.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("no room");
                    }
                    return load(bundle);
                });
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));

        releases.follow(ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW));

        assertRefused(releases, second.digest(), RefusalCode.LOAD_FAILED, "no room");
        assertThat(full).hasNegativeValue();
        assertThat(slots.of(job(null))).isEqualTo(new Route.Ready(first.digest()));
        assertThat(slots.lease(first.digest())).isPresent().hasValueSatisfying(ModelSlots.Lease::close);
    }

    @Test
    void shouldTryAgainWhatWasNotToBeHadButNothingElse() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        Manifest second = bundles.make("default", 2, 1, first.digest());
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(release(second), "", NOW);
        releases.follow(record);
        assertRefused(releases, second.digest(), RefusalCode.BUNDLE_MISSING, "there is no bundle");
        releases.retry();
        assertThat(releases.isUnsettled()).isTrue();

        put(second);
        releases.retry();
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.refused()).isEmpty();
        assertThat(releases.isUnsettled()).isFalse();

        ModelRecord.Release stranger = put(bundles.make("default", 9, 0, null));
        releases.follow(record.withLive(stranger, "", NOW));
        assertRefused(releases, stranger.digest(), RefusalCode.OLDER_THAN_LIVE, "release 0 of its line");
        assertThat(releases.isUnsettled()).isFalse();
    }

    @Test
    void shouldLoadWhatAJobNamesAsLongAsItsBundleExists() {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        slots.onWanted(digest -> assertThat(releases.pin(digest, false)).isTrue());
        Manifest second = bundles.make("default", 2, 1, first.digest());
        put(second);

        assertThat(slots.of(job(second.digest()))).isEqualTo(new Route.Later());
        assertThat(slots.of(job(second.digest()))).isEqualTo(new Route.Ready(second.digest()));
        slots.of(job("e".repeat(64)));
        assertThat(slots.of(job("e".repeat(64))))
                .isInstanceOfSatisfying(
                        Route.Nowhere.class,
                        nowhere -> assertThat(nowhere.why()).contains("there is no bundle"));
    }

    @Test
    void shouldLetJobsWaitForAModelThatCannotBeHadAtTheMomentButNotForEver() {
        AtomicInteger failures = new AtomicInteger(2);
        Releases releases = releases(new FailingBundleStore(store, failures));
        slots.onWanted(digest -> {});
        Manifest second = bundles.make("default", 2, 1, first.digest());
        put(second);

        assertThat(slots.of(job(second.digest()))).isEqualTo(new Route.Later());
        assertThat(releases.pin(second.digest(), false)).isFalse();
        assertThat(slots.of(job(second.digest()))).isEqualTo(new Route.Later());
        assertThat(releases.pin(second.digest(), true)).isTrue();
        assertThat(slots.of(job(second.digest())))
                .isInstanceOfSatisfying(
                        Route.Nowhere.class,
                        nowhere -> assertThat(nowhere.why()).contains("at the moment", "Input/output error"));

        assertThat(releases.pin(second.digest(), false)).isTrue();
        assertThat(slots.of(job(second.digest()))).isEqualTo(new Route.Ready(second.digest()));
    }

    @Test
    void shouldTryAgainARecordThatFailedInAWayNobodyForesaw() throws Exception {
        Releases releases = releases(new FailingBundleStore(store, new AtomicInteger(1)));
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));

        releases.follow(ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW));
        assertRefused(releases, second.digest(), RefusalCode.BUNDLE_MISSING, "Input/output error");
        assertThat(releases.isUnsettled()).isTrue();

        releases.retry();
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.refused()).isEmpty();
        assertThat(releases.isUnsettled()).isFalse();
    }

    @Test
    void shouldFollowTheFirstRecordOfATopicThatWasMadeAgainWhateverItsRevision() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        releases.follow(new ModelRecord("default", 7, second, null, List.of(), "", NOW));

        releases.startOver();
        releases.follow(ModelRecord.first("default", third, "", NOW));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(releases.revision()).isEqualTo(1);
        releases.follow(ModelRecord.first("default", second, "", NOW));
        assertThat(slots.serving().model().digest()).as("once only").isEqualTo(third.digest());
    }

    @Test
    void shouldFollowATopicThatWasMadeAgainWhileTheOldOnesLastRecordCouldNotBeCarriedOut() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        Manifest second = bundles.make("default", 2, 1, first.digest());
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        releases.follow(new ModelRecord("default", 7, release(second), null, List.of(), "", NOW));
        assertThat(releases.isUnsettled()).isTrue();

        releases.startOver();
        releases.retry();
        releases.follow(ModelRecord.first("default", third, "", NOW));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(releases.revision()).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhatIsNotSignedWithItsKey() throws Exception {
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseKeys.generate(folder.resolve("theirs"));
        Releases releases = releases(new ReleaseSettings(
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
            releases.refuse(new Refused(bare.digest(), RefusalCode.RECORD_DOUBTED, "forged"));
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
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
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
        assertThat(slots.lease(first.digest())).isPresent().hasValueSatisfying(ModelSlots.Lease::close);
        assertThat(releases.refused()).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void shouldRefuseANetworkOrAnEncoderItDoesNotKnowAndAnotherModelsName() throws Exception {
        Releases releases = releases(ReleaseSettings.Beside.ALWAYS);
        refusesManifest(releases, RefusalCode.ARCHITECTURE_UNKNOWN, "\"limner\"", "\"diffusion\"", "'diffusion'");
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
    void shouldRemoveNothingButTheCopiesItMade() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Path letter = Files.writeString(cache.resolve("letter.txt"), "of the user");
        Path alike = Files.createDirectory(cache.resolve("c".repeat(64)));
        Files.writeString(alike.resolve("manifest.json"), "{}");
        Releases releases = releases(new ReleaseSettings(
                "", "", "", "", profile(), cache, null, 1 << 20, 0, ReleaseSettings.Beside.ALWAYS, false));
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);
        releases.follow(record.withLive(second, "", NOW));
        Path slot = cache.resolve("slot-0");
        Path copy = slot.resolve(second.digest());
        assertThat(copy).isDirectory();
        // Links and strangers inside the slot itself, under names that look like copies.
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("weights.safetensors"), "precious");
        Path link = Files.createSymbolicLink(slot.resolve("d".repeat(64)), outside);
        Path stranger = Files.writeString(copy.resolve("notes.txt"), "of the user");
        Path left = Files.createDirectory(slot.resolve("e".repeat(64) + ".part"));
        Files.writeString(left.resolve("weights.safetensors"), "half");

        releases.follow(new ModelRecord("default", 9, third, null, List.of(), "", NOW));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(letter).exists();
        assertThat(alike.resolve("manifest.json")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(precious).hasContent("precious");
        assertThat(stranger).exists();
        assertThat(copy.resolve("weights.safetensors")).doesNotExist();
        assertThat(left).doesNotExist();
        assertThat(slot.resolve(third.digest()).resolve("manifest.json")).exists();
    }

    @Test
    void shouldNotRemoveWhatAnotherWorkerOfTheSameCacheUses() throws Exception {
        Releases one = releases(ReleaseSettings.Beside.ALWAYS);
        Releases two = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);
        one.follow(record.withLive(second, "", NOW));
        Path copy = folder.resolve("cache/slot-0").resolve(second.digest());

        two.follow(new ModelRecord("default", 9, release(first), null, List.of(), "", NOW));

        assertThat(ModelBundle.read(copy).manifest().digest()).isEqualTo(second.digest());
        assertThat(folder.resolve("cache/slot-1")).isDirectory();
    }

    @Test
    void shouldUseTheCopyOfTheProcessBeforeItAndFetchADamagedOneAgain() throws Exception {
        Releases before = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);
        before.follow(record);
        before.close();
        Path stored = Path.of(URI.create(second.uri()));
        Path away = Files.move(stored, folder.resolve("away"));
        slots.setLive(first.digest());
        slots.retire(0);

        Releases after = releases(ReleaseSettings.Beside.ALWAYS);
        after.follow(record);
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        after.close();

        flip(weights(folder.resolve("cache/slot-0").resolve(second.digest())));
        slots.setLive(first.digest());
        slots.retire(0);
        Releases later = releases(ReleaseSettings.Beside.ALWAYS);
        later.follow(record);
        assertRefused(later, second.digest(), RefusalCode.BUNDLE_MISSING, "there is no bundle");
        Files.move(away, stored);
        later.retry();
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        later.close();
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
        Releases releases = releases(settings);
        releases.follow(next);
        releases.close();

        Releases restarted = releases(settings);
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

    private void refuses(Releases releases, RefusalCode code, String reason, Mischief mischief) throws Exception {
        Manifest made = bundles.make("default", 2, 1, first.digest());
        Path stored = Path.of(store.put(bundles.folder(made), made, null));
        mischief.on(stored);
        releases.follow(next(releases, release(made)));
        assertRefused(releases, made.digest(), code, reason);
    }

    /** The mischief is done before the manifest is written, so that every digest is right. */
    private void refusesRewritten(Releases releases, RefusalCode code, String reason, Mischief mischief)
            throws Exception {
        Manifest made = bundles.make("default", 2, 1, first.digest());
        mischief.on(bundles.folder(made).resolve("weights.safetensors"));
        Manifest forged = bundles.manifest(made);
        releases.follow(next(releases, put(forged)));
        assertRefused(releases, forged.digest(), code, reason);
    }

    private void refusesManifest(Releases releases, RefusalCode code, String from, String to, String reason)
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

    private ModelRecord next(Releases releases, ModelRecord.Release live) {
        return new ModelRecord("default", releases.revision() + 1, live, null, List.of(), "", NOW);
    }

    private static void assertRefused(Releases releases, String digest, RefusalCode code, String reason) {
        WorkerStatus.Refusal last = releases.refused().getLast();
        assertThat(last.reason()).contains(reason);
        assertThat(last.code()).isEqualTo(code);
        assertThat(last.digest()).isEqualTo(digest);
    }

    private static Path weights(Path bundle) {
        return bundle.resolve("weights.safetensors");
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    private static void edit(Path bundle, String from, String to) throws IOException {
        Path file = bundle.resolve("manifest.json");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private ModelRecord.Release put(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(),
                store.put(bundles.folder(manifest), manifest, null).toString(),
                null);
    }

    private ModelRecord.Release release(Manifest manifest) {
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), null);
    }

    private ModelRecord.Release signed(Manifest manifest, String whose) {
        String signature = ReleaseKeys.sign(
                ReleaseKeys.readPrivate(folder.resolve(whose).resolve("release.key")), manifest.digest());
        return new ModelRecord.Release(
                manifest.digest(), store.uri("default", manifest.digest()).toString(), signature);
    }

    private static Job job(@Nullable String digest) {
        String model = digest == null ? "default" : "default@" + digest;
        byte[] record = ("{\"caption\":\"a\",\"model\":\"" + model + "\"}").getBytes(StandardCharsets.UTF_8);
        return ((Decoded.Valid) JobCodec.decode(record, "j")).job();
    }

    private static String profile() {
        return ExecutionProfile.of(Device.cpu(), 1, ReferenceBatch.on(Device.cpu()))
                .name();
    }

    private Releases releases(ReleaseSettings.Beside beside) {
        return releases(new ReleaseSettings(
                "", "", "", "", profile(), folder.resolve("cache"), null, 1 << 20, 2, beside, false));
    }

    private Releases releases(ReleaseSettings settings) {
        return releases(settings, ReleasesTest::load);
    }

    private Releases releases(ReleaseSettings settings, ModelLoader loader) {
        return releases(settings, loader, store);
    }

    private Releases releases(BundleStore bundleStore) {
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
        return releases(settings, ReleasesTest::load, bundleStore);
    }

    private Releases releases(ReleaseSettings settings, ModelLoader loader, BundleStore bundleStore) {
        return new Releases(
                settings,
                bundleStore,
                loader,
                slots,
                slot -> new RevisionMemory(slot.shared("revision"), 0),
                bytes -> true,
                Clock.systemUTC());
    }

    private static LoadedModel load(ModelBundle bundle) {
        if (!bundle.manifest().textEncoder().equals("sha-256")) {
            throw new BundleException(
                    RefusalCode.ENCODER_UNKNOWN,
                    "there is no text encoder " + bundle.manifest().textEncoder());
        }
        return new LoadedModel(
                PictureEngine.of(ModelPainter.load(bundle, Device.cpu()), FixedSizes.suiting(Device.cpu())),
                new HashTextEncoder(),
                new LoadedModel.Origin(bundle.manifest().order(), bundle.folder()));
    }
}
