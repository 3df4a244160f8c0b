package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself every few seconds.
 *
 * @param state {@code starting}, {@code running} or {@code stopping}
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
        List<Result.Model> models,
        int partitions,
        int waiting,
        long imagesDone,
        double imagesPerSecond,
        @Nullable LastBatch lastBatch,
        Instant at) {
    public WorkerStatus {
        models = List.copyOf(models);
    }

    /** A micro-batch and the time the device took for it. */
    public record LastBatch(int size, double deviceMillis) {}

    public byte[] encode() {
        try {
            return Json.PLAIN.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status that Jackson cannot write", e);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no status */
    public static WorkerStatus decode(byte[] bytes) {
        try {
            return Json.PLAIN.readValue(bytes, WorkerStatus.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a worker status: " + e.getMessage(), e);
        }
    }
}
