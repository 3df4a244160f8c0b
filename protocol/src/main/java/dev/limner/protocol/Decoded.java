package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a record on a job topic turned out to be. */
public sealed interface Decoded {
    /** The id its result carries: the record's own if it could be read, else made from topic, partition and offset. */
    String jobId();

    /** A job that can be generated, as far as the record alone tells. */
    record Valid(Job job) implements Decoded {
        @Override
        public String jobId() {
            return job.id();
        }
    }

    /**
     * A record that can never be generated.
     *
     * @param tenant the record's own, if it could be read
     * @param context the record's own, if it could be read
     */
    record Poison(
            String jobId,
            RecordError error,
            @Nullable String tenant,
            @Nullable JsonNode context) implements Decoded {}
}
