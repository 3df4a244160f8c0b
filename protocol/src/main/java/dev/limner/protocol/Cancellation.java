package dev.limner.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request not to do a job any more. The record's key is the job's id; workers read nothing else of it, so that any
 * value counts. A record without a value takes the request back.
 *
 * @param at when it was made
 * @param reason for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cancellation(Instant at, @Nullable String reason) {
    public Cancellation {
        Json.present("at", at);
    }

    public byte[] encode() {
        return Json.write(this, "a cancellation");
    }

    /** @throws IllegalArgumentException naming the field, if the bytes are no cancellation */
    public static Cancellation decode(byte[] bytes) {
        return Json.read(bytes, Cancellation.class, "a cancellation");
    }
}
