package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * @param canary what a share of them gets instead; absent where nothing is on trial
 * @param previous what was live before, the latest first; to go back to
 * @param reason why it was changed last, for people
 * @param at when
 * @param holdout what a share of the jobs stays with while {@code live} is young; absent where it is not compared with
 *     what was live before. Workers that do not know the field give those jobs to {@code live}
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
        @Nullable Holdout holdout) {
    /** How many releases stay at hand to go back to. */
    public static final int KEPT = 3;

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public ModelRecord {
        previous = List.copyOf(Objects.requireNonNullElse(previous, List.of()));
        if (revision < 1) {
            throw new IllegalArgumentException("revision is " + revision + ", must be at least 1");
        }
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
            if (!SHA256.matcher(digest).matches()) {
                throw new IllegalArgumentException("digest is '" + digest + "', must be a SHA-256");
            }
        }
    }

    /**
     * A release on trial.
     *
     * @param share of the jobs, above 0 and at most 1
     * @param since when the trial began
     */
    public record Canary(Release release, double share, Instant since) {
        public Canary {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("canary.share is " + share + ", must be above 0 and at most 1");
            }
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
            if (!SHA256.matcher(digest).matches()) {
                throw new IllegalArgumentException("holdout.digest is '" + digest + "', must be a SHA-256");
            }
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("holdout.share is " + share + ", must be above 0 and below 1");
            }
        }
    }

    /** A record without a hold-out. */
    public ModelRecord(
            String model,
            long revision,
            Release live,
            @Nullable Canary canary,
            List<Release> previous,
            String reason,
            Instant at) {
        this(model, revision, live, canary, previous, reason, at, null);
    }

    /** The first record of a name. */
    public static ModelRecord first(String model, Release live, String reason, Instant at) {
        return new ModelRecord(model, 1, live, null, List.of(), reason, at);
    }

    /** Puts a release on trial, in place of one that may be on trial already. */
    public ModelRecord withCanary(Release release, double share, String why, Instant now) {
        return new ModelRecord(model, revision + 1, live, new Canary(release, share, now), previous, why, now);
    }

    /** Makes what is on trial live. Empty if nothing is. */
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
                        new Holdout(previous.get(0).digest(), share, at, at.plus(young)));
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

    public byte[] encode() {
        try {
            return Json.PLAIN.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a model record that Jackson cannot write", e);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no model record */
    public static ModelRecord decode(byte[] bytes) {
        try {
            return Json.PLAIN.readValue(bytes, ModelRecord.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a model record: " + e.getMessage(), e);
        }
    }
}
