package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a job topic's record to a job or to what is wrong with it, and back. Never throws for anything the bytes can
 * hold. Stateless; safe from any thread.
 */
public final class JobCodec {
    /** The version of the message this build reads. */
    public static final int VERSION = 1;

    /** Most characters of a caption, as Unicode counts them. */
    public static final int MOST_CAPTION_CHARACTERS = CaptionRule.MOST_CHARACTERS;

    static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private JobCodec() {}

    /**
     * Decodes and validates a record.
     *
     * @param value the record's value, null for a tombstone
     * @param fallbackId the id of a job that has none of its own: {@code topic-partition-offset}
     */
    public static Decoded decode(byte @Nullable [] value, String fallbackId) {
        ObjectNode object;
        try {
            object = StrictJson.object(value);
        } catch (InvalidRecord e) {
            return new Decoded.Poison(fallbackId, e.error(), null, null);
        }
        JsonFields fields = new JsonFields(object);
        try {
            return new Decoded.Valid(new JobReader(fields).read(fallbackId));
        } catch (InvalidRecord e) {
            String own = fields.lenientText("id");
            String id = own != null && ID.matcher(own).matches() ? own : fallbackId;
            String tenant = fields.lenientText("tenant");
            return new Decoded.Poison(
                    id,
                    e.error(),
                    tenant != null && JobReader.TENANT.matcher(tenant).matches() ? tenant : null,
                    JobReader.fits(object.get("context")) ? object.get("context") : null);
        }
    }

    /** A job as a producer writes it, defaults included. */
    public static byte[] encode(Job job) {
        try {
            return Json.PLAIN.writeValueAsBytes(job);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a job that Jackson cannot write", e);
        }
    }
}
