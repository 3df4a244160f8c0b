package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a job topic's record to a job or to what is wrong with it, and back. Never throws for anything the bytes can
 * hold. Stateless; safe from any thread.
 */
public final class JobCodec {
    /** Most bytes of a record's value. */
    public static final int MOST_BYTES = 64 << 10;

    /** The version of the message this build reads. */
    public static final int VERSION = 1;

    static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private JobCodec() {}

    /**
     * Decodes and validates a record.
     *
     * @param value the record's value, null for a tombstone
     * @param fallbackId the id of a job that has none of its own: {@code topic-partition-offset}
     */
    public static Decoded decode(byte @Nullable [] value, String fallbackId) {
        JsonNode root;
        try {
            root = parse(value);
        } catch (InvalidJob e) {
            return new Decoded.Poison(fallbackId, e.error(), null, null);
        }
        if (!(root instanceof ObjectNode object)) {
            JobError error = JobError.ofRecord(
                    ErrorCode.NOT_AN_OBJECT, "the record is a JSON " + Fields.kind(root) + ", must be an object");
            return new Decoded.Poison(fallbackId, error, null, null);
        }
        Fields fields = new Fields(object);
        try {
            return new Decoded.Valid(new JobReader(fields).read(fallbackId));
        } catch (InvalidJob e) {
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

    private static JsonNode parse(byte @Nullable [] value) throws InvalidJob {
        if (value == null || value.length == 0) {
            throw new InvalidJob(JobError.ofRecord(
                    ErrorCode.MALFORMED_JSON, value == null ? "the record has no value" : "the record is empty"));
        }
        if (value.length > MOST_BYTES) {
            throw new InvalidJob(JobError.ofRecord(
                    ErrorCode.TOO_LARGE, "the record has " + value.length + " bytes, at most " + MOST_BYTES));
        }
        try {
            // Decoded here and not by Jackson, which would also take UTF-16 and UTF-32 and a byte order mark.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            JsonNode root = Json.STRICT.readTree(text);
            if (root.isMissingNode()) {
                throw new InvalidJob(
                        JobError.ofRecord(ErrorCode.MALFORMED_JSON, "the record holds nothing but white space"));
            }
            return root;
        } catch (CharacterCodingException e) {
            throw new InvalidJob(JobError.ofRecord(ErrorCode.MALFORMED_JSON, "the record is not UTF-8"));
        } catch (JsonProcessingException e) {
            throw new InvalidJob(JobError.ofRecord(codeOf(e), "the record is not JSON: " + e.getOriginalMessage()));
        }
    }

    private static ErrorCode codeOf(JsonProcessingException failure) {
        String message = String.valueOf(failure.getOriginalMessage());
        if (failure instanceof StreamConstraintsException) {
            return message.contains("nesting depth") ? ErrorCode.TOO_DEEP : ErrorCode.TOO_LARGE;
        }
        boolean duplicate = failure instanceof JsonParseException && message.startsWith("Duplicate");
        return duplicate ? ErrorCode.DUPLICATE_FIELD : ErrorCode.MALFORMED_JSON;
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
