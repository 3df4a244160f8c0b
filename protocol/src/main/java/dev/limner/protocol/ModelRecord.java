package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet serves under a model's name: the one record of that name on the compacted models topic. Its methods are
 * the moves there are; each gives the next record with the next revision, so that a reader can tell an old one.
 *
 * @param model the name, also the record's key
 * @param revision greater than that of every record before
 * @param live what jobs get that name the model without a digest
 * @param canary what a share of them gets instead; absent where there is no canary
 * @param previous what was live before, the latest first; to go back to
 * @param reason why it was changed last, for people
 * @param at when
 * @param holdout what a share of the jobs stays with while {@code live} is young; absent where it is not compared with
 *     what was live before. Workers that do not know the field give those jobs to {@code live}
 * @param signature Ed25519 over {@link #signedContent}, base64; absent if the record is not signed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelRecord(
        String model,
        long revision,
        Release live,
        @Nullable Canary canary,
        List<Release> previous,
        String reason,
        Instant at,
        @Nullable Holdout holdout,
        @Nullable String signature) {
    /** How many releases stay at hand to go back to. */
    public static final int KEPT = 3;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String SIGNATURE = "signature";

    public ModelRecord {
        Json.present("model", model);
        if (!NAME.matcher(model).matches()) {
            throw new IllegalArgumentException("model is '" + model + "', must match " + NAME);
        }
        if (revision < 1) {
            throw new IllegalArgumentException("revision is " + revision + ", must be at least 1");
        }
        Json.present("live", live);
        previous = Json.copy("previous", previous);
        Json.present("reason", reason);
        Json.present("at", at);
    }

    /** A record without a hold-out that is not signed. */
    public ModelRecord(
            String model,
            long revision,
            Release live,
            @Nullable Canary canary,
            List<Release> previous,
            String reason,
            Instant at) {
        this(model, revision, live, canary, previous, reason, at, null, null);
    }

    /**
     * A model bundle that workers may fetch.
     *
     * @param digest of its manifest
     * @param uri of the folder that holds it
     * @param signature Ed25519 over the digest's 64 characters, base64; absent if it was not signed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Release(
            String digest, String uri, @Nullable String signature) {
        public Release {
            Json.present("digest", digest);
            Json.present("uri", uri);
            if (!SHA256.matcher(digest).matches()) {
                throw new IllegalArgumentException("digest is '" + digest + "', must be a SHA-256");
            }
        }
    }

    /**
     * A release on trial with a share of the jobs.
     *
     * @param share of the jobs, above 0 and at most 1
     * @param since when the trial began
     */
    public record Canary(Release release, double share, Instant since) {
        public Canary {
            Json.present("release", release);
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("share is " + share + ", must be above 0 and at most 1");
            }
            Json.present("since", since);
        }
    }

    /**
     * A share of the jobs that stays with what was live before, so that the two can be compared while both run.
     *
     * @param digest of one of {@code previous}
     * @param share of the jobs, above 0 and below 1
     * @param since when it began
     * @param until when workers end it by themselves, should nobody end it earlier
     */
    public record Holdout(String digest, double share, Instant since, Instant until) {
        public Holdout {
            Json.present("digest", digest);
            Json.present("since", since);
            Json.present("until", until);
            if (!SHA256.matcher(digest).matches()) {
                throw new IllegalArgumentException("holdout.digest is '" + digest + "', must be a SHA-256");
            }
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("holdout.share is " + share + ", must be above 0 and below 1");
            }
        }
    }

    /** The first record of a name. */
    public static ModelRecord first(String model, Release live, String reason, Instant at) {
        return new ModelRecord(model, 1, live, null, List.of(), reason, at);
    }

    /** Makes a release the canary, in place of another one that may be that already. */
    public ModelRecord withCanary(Release release, double share, String why, Instant now) {
        return new ModelRecord(model, revision + 1, live, new Canary(release, share, now), previous, why, now);
    }

    /** Makes the canary live. Empty if there is none. */
    public Optional<ModelRecord> promoted(String why, Instant now) {
        return Optional.ofNullable(canary).map(trial -> withLive(trial.release(), why, now));
    }

    /** Makes a release live without a trial. */
    public ModelRecord withLive(Release release, String why, Instant now) {
        List<Release> kept = Stream.concat(Stream.of(live), previous.stream())
                .filter(one -> !one.digest().equals(release.digest()))
                .limit(KEPT)
                .toList();
        return new ModelRecord(model, revision + 1, release, null, kept, why, now);
    }

    /** Ends the trial; what was live stays. Empty if there is none. */
    public Optional<ModelRecord> withoutCanary(String why, Instant now) {
        return canary == null
                ? Optional.empty()
                : Optional.of(new ModelRecord(model, revision + 1, live, null, previous, why, now));
    }

    /** Goes back to what was live before; what is live now is not kept. Empty if there is nothing to go back to. */
    public Optional<ModelRecord> rolledBack(String why, Instant now) {
        if (previous.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ModelRecord(
                model, revision + 1, previous.get(0), null, previous.subList(1, previous.size()), why, now));
    }

    /**
     * The same record, of the same revision, in which a share of the jobs stays with what was live before. Unchanged where
     * nothing was live before or the share is 0. Every later move ends the hold-out.
     */
    public ModelRecord holdingOut(double share, Duration young) {
        return previous.isEmpty() || share == 0
                ? this
                : new ModelRecord(
                        model,
                        revision,
                        live,
                        canary,
                        previous,
                        reason,
                        at,
                        new Holdout(previous.get(0).digest(), share, at, at.plus(young)),
                        null);
    }

    /** Ends the hold-out: every job without a digest gets what is live. Empty if there is none. */
    public Optional<ModelRecord> withoutHoldout(String why, Instant now) {
        return holdout == null
                ? Optional.empty()
                : Optional.of(new ModelRecord(model, revision + 1, live, canary, previous, why, now));
    }

    /** Every release it names. */
    public List<Release> releases() {
        List<Release> all = new ArrayList<>();
        all.add(live);
        if (canary != null) {
            all.add(canary.release());
        }
        all.addAll(previous);
        return all;
    }

    /** The same record with a signature, or with none. */
    public ModelRecord withSignature(@Nullable String made) {
        return new ModelRecord(model, revision, live, canary, previous, reason, at, holdout, made);
    }

    /** The next record, changed in nothing but its reason: to sign what is announced already. */
    public ModelRecord again(long nextRevision, String why, Instant now) {
        return new ModelRecord(model, nextRevision, live, canary, previous, why, now, holdout, null);
    }

    public byte[] encode() {
        return Json.write(this, "a model record");
    }

    /** @throws IllegalArgumentException naming the field, if the bytes are no model record */
    public static ModelRecord decode(byte[] bytes) {
        return Json.read(bytes, ModelRecord.class, "a model record");
    }

    /**
     * What a record's signature is over: its JSON without the signature, keys sorted at every level, no white space. Taken
     * from the bytes and not from what this build understands of them, so that a field of a newer build is covered too.
     *
     * @param bytes an encoded record, signed or not
     * @throws IllegalArgumentException if the bytes are no JSON object, or name a field twice
     */
    public static byte[] signedContent(byte[] bytes) {
        return Json.canonical(bytes, SIGNATURE);
    }
}
