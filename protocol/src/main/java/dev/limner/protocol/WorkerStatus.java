package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself every few seconds.
 *
 * @param state {@code starting} (it owns no partitions yet), {@code running} or {@code stopping}
 * @param models what it can generate with; nothing while it waits for the live release
 * @param revision of the model record it has carried out; 0 before the first
 * @param refused releases it was told to run and did not, the latest last
 * @param partitions job partitions it owns
 * @param waiting jobs it holds that are not finished
 * @param imagesPerSecond over the last interval
 * @param lastBatch the last micro-batch; absent before the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerStatus(
        String worker,
        String state,
        String device,
        String profile,
        List<Loaded> models,
        long revision,
        List<Refusal> refused,
        int partitions,
        int waiting,
        long imagesDone,
        double imagesPerSecond,
        @Nullable LastBatch lastBatch,
        Instant at) {
    public WorkerStatus {
        Json.present("worker", worker);
        Json.present("state", state);
        Json.present("device", device);
        Json.present("profile", profile);
        models = Json.copy("models", models);
        refused = Json.copy("refused", refused);
        Json.present("at", at);
    }

    /** What a loaded model is there for. */
    public enum Role {
        /** Jobs that name the model without a digest. */
        LIVE,
        /** A share of those. */
        CANARY,
        /** Jobs that name its digest. */
        PINNED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException if there is no such role */
        @JsonCreator
        public static Role of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * A model it can generate with.
     *
     * @param completed jobs generated with it since the worker started
     * @param failed jobs that could not be
     */
    public record Loaded(String name, String digest, Role role, long completed, long failed) {
        public Loaded {
            Json.present("name", name);
            Json.present("digest", digest);
            Json.present("role", role);
        }
    }

    /**
     * A release it does not run though it should.
     *
     * @param code one word: {@link RefusalCode}
     * @param reason for people; cut to 1,000 characters, because a program may say as much as it likes
     */
    public record Refusal(String digest, RefusalCode code, String reason, Instant at) {
        public Refusal {
            Json.present("digest", digest);
            Json.present("code", code);
            Json.present("reason", reason);
            Json.present("at", at);
            reason = RecordError.bounded(reason);
        }
    }

    /** A micro-batch and the time the device took for it. */
    public record LastBatch(int size, double deviceMillis) {}

    public byte[] encode() {
        return Json.write(this, "a worker status");
    }

    /** @throws IllegalArgumentException naming the field, if the bytes are no status */
    public static WorkerStatus decode(byte[] bytes) {
        return Json.read(bytes, WorkerStatus.class, "a worker status");
    }
}
