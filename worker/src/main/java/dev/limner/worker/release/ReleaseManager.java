package dev.limner.worker.release;

import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.protocol.ModelRecord;
import dev.limner.protocol.RefusalCode;
import dev.limner.protocol.WorkerStatus;
import dev.limner.worker.model.LoadedModel;
import dev.limner.worker.model.ModelCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a worker run what the models topic says: fetches, verifies, loads beside the old model, probes, and only then
 * lets jobs go to it. A release that fails on the way is refused with a reason, and what ran before continues. Driven by one
 * thread; the report is safe from any.
 */
final class ReleaseManager implements ReleaseReport, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseManager.class);
    private static final int REFUSALS_KEPT = 10;
    private static final Duration RESTORE_AFTER = Duration.ofSeconds(1);

    private final ReleaseSettings settings;
    private final BundleStore store;
    private final BundleCache cache;
    private final RecordTrust trust;
    private final ModelLoader loader;
    private final ProbedLoader probed;
    private final ModelCatalog slots;
    private final ModelMemory memory;
    private final Clock clock;
    private final Deque<WorkerStatus.Refusal> refused = new ArrayDeque<>();
    private @Nullable ModelRecord current;
    private @Nullable Attempt again;
    private boolean servesLive;
    /** The models topic was created again: its revisions begin anew. */
    private boolean startsOver;

    private volatile long revision;

    /** A record and the one it followed on. */
    private record Attempt(ModelRecord record, @Nullable ModelRecord before) {}

    /**
     * Takes a slot of the cache.
     *
     * @param revisions what is known of revisions, by the slot
     */
    ReleaseManager(
            ReleaseSettings settings,
            BundleStore store,
            ModelLoader loader,
            ModelCatalog slots,
            Function<CacheSlot, RevisionMemory> revisions,
            ModelMemory memory,
            Clock clock) {
        this.settings = settings;
        this.store = store;
        this.cache = new BundleCache(store, settings);
        try {
            this.trust = new RecordTrust(settings.key(), revisions.apply(cache.slot()));
        } catch (RuntimeException e) {
            cache.close();
            throw e;
        }
        this.loader = loader;
        this.probed = new ProbedLoader(loader, settings.profile());
        this.slots = slots;
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public List<WorkerStatus.Refusal> refused() {
        synchronized (refused) {
            return List.copyOf(refused);
        }
    }

    RecordTrust trust() {
        return trust;
    }

    /** Whether a record was carried out. */
    boolean hasRecord() {
        return current != null;
    }

    /** Whether what a record calls live is, or once was, what this worker serves. */
    boolean servesLive() {
        return servesLive;
    }

    /** Carries a record out, as far as this worker can. One that is not newer than the last changes nothing. */
    void follow(ModelRecord record) throws InterruptedException {
        ModelRecord before = current;
        if (before != null && !startsOver && record.revision() <= before.revision()) {
            LOG.atWarn()
                    .addKeyValue("model", record.model())
                    .addKeyValue("revision", record.revision())
                    .log("an old model record changes nothing");
            return;
        }
        try {
            trust.requireNewest(record);
        } catch (ReleaseRejected e) {
            refuse(e);
            return;
        }
        carryOut(new Attempt(record, before));
    }

    /** Remembers, for whoever asks, that a record was not believed: the last one, beside what is known of releases. */
    void refuse(ReleaseRejected why) {
        refuse(why.digest().orElseThrow(), why.code(), String.valueOf(why.getMessage()));
    }

    /** The models topic is another one: its next record counts, whatever its revision. What runs is kept until then. */
    void startOver() {
        startsOver = true;
        // Else the old topic's last record would be carried out later and count as the new one's first.
        again = null;
    }

    /** Whether the last record named a bundle that was not to be had, and may be later. */
    boolean isUnsettled() {
        return again != null;
    }

    /** Tries once more what {@link #isUnsettled()} speaks of. */
    void retry() throws InterruptedException {
        Attempt attempt = again;
        if (attempt != null) {
            carryOut(attempt);
        }
    }

    private void carryOut(Attempt attempt) throws InterruptedException {
        again = null;
        try {
            carryOutOnce(attempt);
        } catch (RuntimeException e) {
            // Nobody announces the model again for that.
            again = attempt;
            throw e;
        }
    }

    private void carryOutOnce(Attempt attempt) throws InterruptedException {
        ModelRecord record = attempt.record();
        slots.askAgain();
        slots.setTrial(null, 0);
        slots.setHoldout(null, 0, Instant.MIN);
        if (bring(attempt, record.live(), true)) {
            slots.setLive(record.live().digest());
            servesLive = true;
        }
        ModelRecord.Canary canary = record.canary();
        if (canary != null && bring(attempt, canary.release(), false)) {
            slots.setTrial(canary.release().digest(), canary.share());
        }
        holdOut(attempt);
        slots.retire(settings.pinned());
        current = record;
        startsOver = false;
        Set<String> kept = new HashSet<>();
        record.releases().forEach(release -> kept.add(release.digest()));
        slots.status().forEach(loaded -> kept.add(loaded.digest()));
        cache.keep(kept);
        trust.carriedOut(record);
        revision = record.revision();
        LOG.atInfo()
                .addKeyValue(
                        "model", record.model() + "@" + slots.serving().model().digest())
                .addKeyValue("revision", record.revision())
                .log("model record carried out");
    }

    /** A worker without room for what was live before gives its jobs to what is live: nothing is compared there. */
    private void holdOut(Attempt attempt) throws InterruptedException {
        ModelRecord.Holdout holdout = attempt.record().holdout();
        if (holdout == null || !clock.instant().isBefore(holdout.until())) {
            return;
        }
        for (ModelRecord.Release release : attempt.record().previous()) {
            if (release.digest().equals(holdout.digest()) && bring(attempt, release, false)) {
                slots.setHoldout(release.digest(), holdout.share(), holdout.until());
            }
        }
    }

    /** Makes sure that a release is on the device. */
    private boolean bring(Attempt attempt, ModelRecord.Release release, boolean live) throws InterruptedException {
        if (slots.find(release.digest()).isPresent()) {
            forgive(release.digest());
            return true;
        }
        try {
            ModelBundle bundle = cache.fetch(attempt.record().model(), release);
            requireNewer(bundle, attempt);
            forgive(release.digest());
            if (beside(bundle)) {
                slots.add(probed.load(bundle));
            } else if (live) {
                exchange(bundle);
            } else {
                LOG.atWarn().addKeyValue("model", release.digest()).log("no room for a canary");
                return false;
            }
            return true;
        } catch (ReleaseRejected e) {
            refuse(release.digest(), e.code(), String.valueOf(e.getMessage()));
            // A worker that serves nothing yet has nothing better to do than to try.
            if (e.code() == RefusalCode.BUNDLE_MISSING || (live && !servesLive)) {
                again = attempt;
            }
            return false;
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("model", release.digest()).setCause(e).log("a release could not be fetched");
            refuse(release.digest(), RefusalCode.BUNDLE_MISSING, "it cannot be fetched at the moment: " + e);
            again = attempt;
            return false;
        }
    }

    /**
     * What is behind the live model in its lineage was live once, or somebody announces the past. A worker that has known no
     * record before goes by {@link RecordTrust} alone. What is held out is older by intent, and may have been live while this
     * worker heard of nothing.
     */
    private void requireNewer(ModelBundle bundle, Attempt attempt) throws ReleaseRejected {
        ModelRecord before = attempt.before();
        ModelRecord.Holdout holdout = attempt.record().holdout();
        LoadedModel serving = slots.serving();
        long order = bundle.manifest().order();
        boolean known = before == null
                || (holdout != null && holdout.digest().equals(bundle.manifest().digest()))
                || before.releases().stream()
                        .anyMatch(release ->
                                release.digest().equals(bundle.manifest().digest()));
        if (!known && order < serving.origin().order()) {
            throw new ReleaseRejected(
                    RefusalCode.OLDER_THAN_LIVE,
                    "it is release " + order + " of its lineage and was not live before, live is release "
                            + serving.origin().order());
        }
    }

    private boolean beside(ModelBundle bundle) {
        return switch (settings.beside()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> memory.holds(bundle.manifest().weights().bytes());
        };
    }

    /** Jobs wait meanwhile; if the new model does not work, the old one comes back. */
    private void exchange(ModelBundle bundle) throws ReleaseRejected, InterruptedException {
        ModelBundle back = ModelBundle.read(
                Objects.requireNonNull(slots.serving().origin().folder(), "only models from bundles are exchanged"));
        slots.drain();
        LoadedModel next;
        try {
            next = probed.load(bundle);
        } catch (ReleaseRejected e) {
            slots.replaceLive(restored(back));
            throw e;
        }
        slots.replaceLive(next);
    }

    /** A device that has no room for the old model has it again when its neighbours let go; until then jobs wait. */
    private LoadedModel restored(ModelBundle back) throws InterruptedException {
        while (true) {
            try {
                return loader.load(back);
            } catch (RuntimeException | OutOfMemoryError e) {
                LOG.atError()
                        .addKeyValue("model", back.manifest().digest())
                        .addKeyValue("error", e.toString())
                        .log("the model that served cannot be loaded again yet, jobs wait");
            }
            Thread.sleep(RESTORE_AFTER);
        }
    }

    /**
     * Puts a model on the device that a job names and that is not live; says so if there is none.
     *
     * @param last whether a failure that might pass counts as well, because it has lasted long enough
     * @return whether jobs that name the digest need not wait any longer; false if trying again may help
     */
    boolean pin(String digest, boolean last) {
        String name = slots.serving().model().name();
        ModelRecord record = current;
        ModelRecord.Release release = record == null
                ? null
                : record.releases().stream()
                        .filter(one -> one.digest().equals(digest))
                        .findFirst()
                        .orElse(null);
        try {
            if (slots.find(digest).isPresent()) {
                return true;
            }
            ModelBundle bundle = cache.fetch(
                    name,
                    Objects.requireNonNullElseGet(
                            release,
                            () -> new ModelRecord.Release(
                                    digest,
                                    store.uri(name, digest).toString(),
                                    store.signature(name, digest).orElse(null))));
            slots.add(probed.load(bundle));
            slots.retire(Math.max(1, settings.pinned()));
            return true;
        } catch (ReleaseRejected e) {
            slots.unavailable(digest, String.valueOf(e.getMessage()));
            return true;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("model", digest)
                    .addKeyValue("error", e.toString())
                    .log("a model that a job names is not available at the moment");
            if (last) {
                slots.unavailable(digest, "it is not available at the moment: " + e);
            }
            return last;
        }
    }

    private void forgive(String digest) {
        synchronized (refused) {
            refused.removeIf(refusal -> refusal.digest().equals(digest));
        }
    }

    private void refuse(String digest, RefusalCode code, String reason) {
        LOG.atError()
                .addKeyValue("model", digest)
                .addKeyValue("code", code.wireName())
                .addKeyValue("error", reason)
                .log("release refused");
        synchronized (refused) {
            refused.removeIf(refusal -> code == RefusalCode.RECORD_DOUBTED
                    ? refusal.code() == code
                    : refusal.digest().equals(digest));
            refused.addLast(new WorkerStatus.Refusal(digest, code, reason, clock.instant()));
            while (refused.size() > REFUSALS_KEPT) {
                refused.removeFirst();
            }
        }
    }

    @Override
    public void close() {
        cache.close();
    }
}
