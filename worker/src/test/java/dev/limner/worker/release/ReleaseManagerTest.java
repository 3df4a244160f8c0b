package dev.limner.worker.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.generator.bundle.Manifest;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.model.ModelCatalog;
import dev.limner.worker.model.ModelRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Real bundles of small networks: which of them run, for which jobs. */
class ReleaseManagerTest extends ReleaseManagerFixture {
    @Test
    void shouldRunWhatIsLiveAndGiveTheCanaryItsShare() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);

        releases.follow(record);
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(second.digest()));
        assertThat(releases.revision()).isEqualTo(2);

        releases.follow(record.withCanary(third, 1, "", NOW));
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(third.digest()));
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.refused()).isEmpty();
    }

    @Test
    void shouldKeepAShareOfTheJobsWithWhatWasLiveBefore() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord young = ModelRecord.first("default", release(first), "", NOW)
                .withLive(second, "", NOW)
                .holdingOut(0.9999, Duration.ofDays(9999));

        releases.follow(young);
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(first.digest()));

        releases.follow(young.withoutHoldout("", NOW).orElseThrow());
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(second.digest()));
    }

    /** It was unavailable, or busy, while that was live. */
    @Test
    void shouldKeepAShareOfTheJobsWithAReleaseThatItNeverHeardOf() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord old = ModelRecord.first("default", release(first), "", NOW);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release third = put(bundles.make("default", 3, 2, second.digest()));
        releases.follow(old);

        releases.follow(
                old.withLive(second, "", NOW).withLive(third, "", NOW).holdingOut(0.9999, Duration.ofDays(9999)));

        assertThat(slots.serving().model().digest()).isEqualTo(third.digest());
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(second.digest()));
        assertThat(releases.refused()).isEmpty();
    }

    @Test
    void shouldGiveEveryJobToWhatIsLiveWhereTheHoldoutHasEnded() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));

        releases.follow(ModelRecord.first("default", release(first), "", Instant.EPOCH)
                .withLive(second, "", Instant.EPOCH)
                .holdingOut(0.9999, Duration.ofDays(1)));

        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(second.digest()));
    }

    @Test
    void shouldPassOverARecordThatIsNotNewer() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);

        releases.follow(record.withLive(second, "", NOW));
        releases.follow(record);

        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());
        assertThat(releases.revision()).isEqualTo(2);
    }

    @Test
    void shouldGoBackToWhatWasLiveButNotToAnOlderOneThatNeverWas() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord.Release stranger = put(bundles.make("default", 9, 0, null));
        ModelRecord record =
                ModelRecord.first("default", release(first), "", NOW).withLive(second, "", NOW);
        releases.follow(record);

        releases.follow(record.withLive(stranger, "", NOW));
        assertRefused(releases, stranger.digest(), RefusalCode.OLDER_THAN_LIVE, "release 0 of its lineage");
        assertThat(slots.serving().model().digest()).isEqualTo(second.digest());

        ModelRecord back = new ModelRecord("default", 9, release(first), null, List.of(), "", NOW);
        releases.follow(back);
        assertThat(slots.serving().model().digest()).isEqualTo(first.digest());
    }

    @Test
    void shouldExchangeModelsWhereThereIsNoRoomForTwo() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.NEVER);
        ModelRecord.Release second = put(bundles.make("default", 2, 1, first.digest()));
        ModelRecord record = ModelRecord.first("default", release(first), "", NOW);

        releases.follow(record.withLive(second, "", NOW));
        assertThat(slots.status()).extracting(WorkerStatus.Loaded::digest).containsExactly(second.digest());

        Manifest broken = bundles.make("default", 3, 2, second.digest());
        bundles.forgeProbes(broken);
        ModelRecord.Release wrong = put(bundles.manifest(broken));
        releases.follow(record.withLive(second, "", NOW).withLive(wrong, "", NOW));
        assertRefused(releases, wrong.digest(), RefusalCode.PROBE_FAILED, "differ by");
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(second.digest()));
        assertThat(slots.lease(second.digest())).isPresent().hasValueSatisfying(ModelCatalog.Lease::close);
    }

    @Test
    void shouldKeepTryingToServeAgainWhereTheOldModelFindsNoRoom() throws Exception {
        AtomicInteger full = new AtomicInteger(2);
        ReleaseManager releases = releases(
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
        assertThat(slots.of(job(null))).isEqualTo(new ModelRoute.Ready(first.digest()));
        assertThat(slots.lease(first.digest())).isPresent().hasValueSatisfying(ModelCatalog.Lease::close);
    }

    @Test
    void shouldTryAgainWhatWasNotToBeHadButNothingElse() throws Exception {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
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
        assertRefused(releases, stranger.digest(), RefusalCode.OLDER_THAN_LIVE, "release 0 of its lineage");
        assertThat(releases.isUnsettled()).isFalse();
    }

    @Test
    void shouldLoadWhatAJobNamesAsLongAsItsBundleExists() {
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
        slots.onWanted(digest -> assertThat(releases.pin(digest, false)).isTrue());
        Manifest second = bundles.make("default", 2, 1, first.digest());
        put(second);

        assertThat(slots.of(job(second.digest()))).isEqualTo(new ModelRoute.Loading());
        slots.want(job(second.digest()));
        assertThat(slots.of(job(second.digest()))).isEqualTo(new ModelRoute.Ready(second.digest()));
        slots.want(job("e".repeat(64)));
        assertThat(slots.of(job("e".repeat(64))))
                .isInstanceOfSatisfying(
                        ModelRoute.UnknownModel.class,
                        nowhere -> assertThat(nowhere.why()).contains("there is no bundle"));
    }

    @Test
    void shouldLetJobsWaitForAModelThatCannotBeHadAtTheMomentButNotForEver() {
        AtomicInteger failures = new AtomicInteger(2);
        ReleaseManager releases = releases(new FailingBundleStore(store, failures));
        slots.onWanted(digest -> {});
        Manifest second = bundles.make("default", 2, 1, first.digest());
        put(second);

        assertThat(slots.of(job(second.digest()))).isEqualTo(new ModelRoute.Loading());
        assertThat(releases.pin(second.digest(), false)).isFalse();
        assertThat(slots.of(job(second.digest()))).isEqualTo(new ModelRoute.Loading());
        assertThat(releases.pin(second.digest(), true)).isTrue();
        assertThat(slots.of(job(second.digest())))
                .isInstanceOfSatisfying(
                        ModelRoute.UnknownModel.class,
                        nowhere -> assertThat(nowhere.why()).contains("at the moment", "Input/output error"));

        assertThat(releases.pin(second.digest(), false)).isTrue();
        assertThat(slots.of(job(second.digest()))).isEqualTo(new ModelRoute.Ready(second.digest()));
    }

    @Test
    void shouldTryAgainARecordThatFailedInAWayNobodyForesaw() throws Exception {
        ReleaseManager releases = releases(new FailingBundleStore(store, new AtomicInteger(1)));
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
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
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
        ReleaseManager releases = releases(ReleaseSettings.Beside.ALWAYS);
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
}
