package dev.limner.client.registry;

import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.BundleStore;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.bundle.ReleaseKeys;
import dev.limner.protocol.ModelRecord;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bundles into the store, and what the fleet serves of them. A bundle is whole in the store before anybody hears of it; a
 * kill in between leaves a bundle that nobody serves.
 */
public final class ModelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRegistry.class);

    private final BundleStore store;
    private final ModelTopic topic;
    /** Believes everything. */
    private final ModelTopic plain;

    private final @Nullable PrivateKey key;
    private final Clock clock;
    private final Holdout holdout;

    /**
     * How a release that goes live is compared with the one before it.
     *
     * @param share of the jobs that stays with the one before, from 0, for none, to a half
     * @param young how long at most
     */
    public record Holdout(double share, Duration young) {
        /** What is done unless somebody says otherwise. */
        public static final Holdout DEFAULT = new Holdout(0.05, Duration.ofDays(1));

        /** The largest share. */
        public static final double MOST = 0.5;

        public Holdout {
            if (!(share >= 0 && share <= MOST)) {
                throw new IllegalArgumentException(
                        "limner.trainer.canary.holdout is " + share + ", must be from 0 to 0.5");
            }
            if (!young.isPositive()) {
                throw new IllegalArgumentException(
                        "limner.trainer.canary.young is " + young + ", must be longer than nothing");
            }
        }
    }

    /**
     * A registry with the usual hold-out.
     *
     * @param key signs what is put into the store and what is announced, and only what it has signed is believed; null
     *     leaves everything unsigned
     */
    public ModelRegistry(BundleStore store, ModelTopic topic, @Nullable PrivateKey key, Clock clock) {
        this(store, topic, key, clock, Holdout.DEFAULT);
    }

    /**
     * A registry.
     *
     * @param key signs what is put into the store and what is announced, and only what it has signed is believed; null
     *     leaves everything unsigned
     * @param holdout of what is made live
     */
    public ModelRegistry(BundleStore store, ModelTopic topic, @Nullable PrivateKey key, Clock clock, Holdout holdout) {
        this.holdout = holdout;
        this.store = store;
        this.plain = topic;
        this.topic = key == null ? topic : topic.trusting(bytes -> ReleaseKeys.isOurs(key, bytes));
        this.key = key;
        this.clock = clock;
    }

    /**
     * Puts a bundle into the store, checked and signed.
     *
     * @throws BundleException if it is not a whole bundle
     */
    public ModelRecord.Release stage(Path folder) {
        Manifest manifest = ModelBundle.read(folder).manifest();
        String signature = key == null ? null : ReleaseKeys.sign(key, manifest.digest());
        URI uri = store.put(folder, manifest, signature);
        return new ModelRecord.Release(manifest.digest(), uri.toString(), signature);
    }

    /** A release that is in the store already. */
    public ModelRecord.Release release(String model, String digest) {
        return new ModelRecord.Release(
                digest,
                store.uri(model, digest).toString(),
                store.signature(model, digest).orElse(null));
    }

    /** What the fleet serves under a name; empty before the first release. */
    public Optional<ModelRecord> current(String model) {
        return topic.read(model);
    }

    /** Announces a first release, if there is none; else nothing changes. */
    public ModelRecord begin(String model, ModelRecord.Release release) {
        return say(topic.update(
                model,
                before -> before.isPresent()
                        ? Optional.empty()
                        : Optional.of(signed(ModelRecord.first(
                                model, release, "the model the fleet starts with", clock.instant())))));
    }

    /**
     * Makes a release the canary; nothing changes if it is that already, or live. Empty if the model is not announced at
     * all.
     */
    public Optional<ModelRecord> trial(String model, ModelRecord.Release release, double share, String reason) {
        return change(model, record -> {
            ModelRecord.Canary canary = record.canary();
            boolean known = record.live().digest().equals(release.digest())
                    || (canary != null && canary.release().digest().equals(release.digest()));
            return known ? Optional.empty() : Optional.of(record.withCanary(release, share, reason, clock.instant()));
        });
    }

    /** Makes the canary live; nothing changes if another one is the canary by now. */
    public Optional<ModelRecord> promote(String model, String digest, String reason) {
        return change(model, record -> {
            ModelRecord.Canary canary = record.canary();
            return canary != null && canary.release().digest().equals(digest)
                    ? record.promoted(reason, clock.instant()).map(this::holdingOut)
                    : Optional.empty();
        });
    }

    /** Makes a release live without a trial. */
    public Optional<ModelRecord> promote(String model, ModelRecord.Release release, String reason) {
        return change(
                model,
                record -> record.live().digest().equals(release.digest())
                        ? Optional.empty()
                        : Optional.of(holdingOut(record.withLive(release, reason, clock.instant()))));
    }

    private ModelRecord holdingOut(ModelRecord record) {
        return record.holdingOut(holdout.share(), holdout.young());
    }

    /** Ends the hold-out beside a live release; nothing changes if another one is live by now. */
    public Optional<ModelRecord> endHoldout(String model, String digest, String reason) {
        return change(
                model,
                record -> record.live().digest().equals(digest)
                        ? record.withoutHoldout(reason, clock.instant())
                        : Optional.empty());
    }

    /** Ends the trial of a release; nothing changes if it is not the canary. */
    public Optional<ModelRecord> reject(String model, String digest, String reason) {
        return change(model, record -> {
            ModelRecord.Canary canary = record.canary();
            return canary != null && canary.release().digest().equals(digest)
                    ? record.withoutCanary(reason, clock.instant())
                    : Optional.empty();
        });
    }

    /** Goes back from a live release to the one before; nothing changes if another one is live by now. */
    public Optional<ModelRecord> rollBack(String model, String digest, String reason) {
        return change(
                model,
                record -> record.live().digest().equals(digest)
                        ? record.rolledBack(reason, clock.instant())
                        : Optional.empty());
    }

    /**
     * Announces the last record once more, signed, with every release it names: for a fleet whose records were not signed
     * before, or with another key. Whoever calls this has looked at what it says.
     *
     * @param above a revision that the new one is to exceed, besides the last
     * @return the record as it is now; empty if there is none to sign
     * @throws IllegalStateException if there is no key
     */
    public Optional<ModelRecord> sign(String model, long above, String reason) {
        PrivateKey mine = key;
        if (mine == null) {
            throw new IllegalStateException("a record cannot be signed without a key");
        }
        Optional<ModelRecord> after = plain.update(
                model,
                before -> before.map(record -> {
                    ModelRecord.Canary canary = record.canary();
                    return ReleaseKeys.sign(
                            mine,
                            new ModelRecord(
                                    model,
                                    Math.max(record.revision(), above) + 1,
                                    signed(mine, record.live()),
                                    canary == null
                                            ? null
                                            : new ModelRecord.Canary(
                                                    signed(mine, canary.release()), canary.share(), canary.since()),
                                    record.previous().stream()
                                            .map(release -> signed(mine, release))
                                            .toList(),
                                    reason,
                                    clock.instant(),
                                    record.holdout(),
                                    null));
                }));
        after.ifPresent(record -> say(after));
        return after;
    }

    private static ModelRecord.Release signed(PrivateKey key, ModelRecord.Release release) {
        return new ModelRecord.Release(release.digest(), release.uri(), ReleaseKeys.sign(key, release.digest()));
    }

    private ModelRecord signed(ModelRecord record) {
        return key == null ? record : ReleaseKeys.sign(key, record);
    }

    private Optional<ModelRecord> change(String model, Function<ModelRecord, Optional<ModelRecord>> move) {
        Optional<ModelRecord> after = topic.update(
                model, before -> before.flatMap(this::mine).flatMap(move).map(this::signed));
        after.ifPresent(record -> say(Optional.of(record)));
        return after;
    }

    /** Workers that believe signed records only would not hear of what follows unsigned on a signed one. */
    private Optional<ModelRecord> mine(ModelRecord record) {
        if (key == null && record.signature() != null) {
            throw new IllegalStateException("the record of '" + record.model()
                    + "' is signed, and what follows it must be too: give the key (limner.trainer.key, --key)");
        }
        return Optional.of(record);
    }

    private static ModelRecord say(Optional<ModelRecord> record) {
        ModelRecord now = record.orElseThrow();
        ModelRecord.Canary canary = now.canary();
        LOG.atInfo()
                .addKeyValue("model", now.model() + "@" + now.live().digest())
                .addKeyValue("canary", canary == null ? null : canary.release().digest())
                .addKeyValue("revision", now.revision())
                .addKeyValue("reason", now.reason())
                .log("model record written");
        return now;
    }
}
