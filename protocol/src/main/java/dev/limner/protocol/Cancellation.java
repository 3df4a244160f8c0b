package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request not to draw a job any more. The record's key is the job's id; workers read nothing else of it, so that any
 * value counts. A record without a value takes the request back.
 *
 * @param at when it was made
 * @param reason for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cancellation(Instant at, @Nullable String reason) {
    public byte[] encode() {
        try {
            return Json.PLAIN.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a cancellation that Jackson cannot write", e);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no cancellation */
    public static Cancellation decode(byte[] bytes) {
        try {
            return Json.PLAIN.readValue(bytes, Cancellation.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a cancellation: " + e.getMessage(), e);
        }
    }
}
