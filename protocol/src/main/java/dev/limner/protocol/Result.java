package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one terminal answer to a job record.
 *
 * @param source the job record it answers; absent in results of workers that did not say so yet
 * @param redrive how often the job was sent again from the dead letters; 0 for a job as its producer sent it
 * @param attempts how often the job was tried
 * @param worker which worker answered
 * @param model what generated it; absent where nothing was generated
 * @param timings where the time went; absent where nothing was generated
 * @param batch the micro-batch it was generated in; absent where nothing was generated
 * @param warnings what a person might want to know: {@link Warnings}
 */
public record Result(
        String jobId,
        Outcome outcome,
        @Nullable String tenant,
        @Nullable JsonNode context,
        @Nullable JobGroup group,
        @Nullable Source source,
        int redrive,
        int attempts,
        String worker,
        @Nullable Model model,
        @Nullable Timings timings,
        @Nullable Batch batch,
        List<String> warnings) {
    public Result {
        warnings = List.copyOf(warnings);
    }

    /** The same answer with nothing in it but an outcome: what is left of one too large to be published. */
    public Result without(Outcome instead) {
        return new Result(
                jobId, instead, tenant, null, group, source, redrive, attempts, worker, null, null, null, List.of());
    }

    /**
     * A job record's place. Two submissions of one id are two records, and this tells their results apart.
     *
     * @param topicId the topic's id as Kafka writes it, for a topic may be deleted and created again under its name; absent
     *     in results of workers that did not say so yet
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Source(
            String topic,
            int partition,
            long offset,
            @Nullable String topicId) {
        /** Without the topic's id. */
        public Source(String topic, int partition, long offset) {
            this(topic, partition, offset, null);
        }
    }

    /** A model by name and digest. */
    public record Model(String name, String digest) {}

    /**
     * Milliseconds a job spent in each step.
     *
     * @param queued from the record's timestamp to the worker
     * @param batched waiting for its micro-batch
     * @param publish from durable to handed to the producer
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Timings(
            double queued, double batched, double text, double device, double encode, double store, double publish) {}

    /**
     * The micro-batch.
     *
     * @param size its images, without padding
     * @param position of the job's first image, from 0
     */
    public record Batch(String id, int size, int position) {}

    /** The warnings a result may carry. */
    public static final class Warnings {
        /** The text encoder knows few of the caption's tokens. */
        public static final String CAPTION_MOSTLY_UNKNOWN = "caption-mostly-unknown";

        /** The caption is longer than the text encoder reads. */
        public static final String CAPTION_TRUNCATED = "caption-truncated";

        private Warnings() {}
    }
}
