package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and validates a job's fields, one method a field, in the protocol's order. */
final class JobReader {
    static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,64}");

    private static final int MOST_COUNT = 64;
    private static final int MOST_GROUP = 1_000_000;
    private static final int MOST_CONTEXT_BYTES = 4 << 10;
    private static final int MOST_LABEL = 200;
    private static final int MOST_SIDE = 1 << 16;

    private final JsonFields fields;

    JobReader(JsonFields fields) {
        this.fields = fields;
    }

    Job read(String fallbackId) throws InvalidRecord {
        fields.version();
        String id = fields.id(fallbackId);
        Long seed = fields.integer("seed", ErrorCode.SEED_OUT_OF_RANGE, Long.MIN_VALUE, Long.MAX_VALUE);
        Long count = fields.integer("count", ErrorCode.COUNT_OUT_OF_RANGE, 1, MOST_COUNT);
        Map<String, JsonNode> controls = ControlFields.read(fields);
        Double truncation = truncation(controls);
        return new Job(
                id,
                caption(),
                seed == null ? Digests.seedOf(id) : seed,
                count == null ? 1 : count.intValue(),
                model(),
                size(),
                truncation == null ? 1 : truncation,
                format(),
                deadline(),
                group(),
                tenant(),
                context(),
                label(),
                controls);
    }

    /** A field of its own, which wins over a control of that name. */
    private @Nullable Double truncation(Map<String, JsonNode> controls) throws InvalidRecord {
        JsonNode control = controls.remove(ControlFields.TRUNCATION);
        Double own = fields.number(ControlFields.TRUNCATION, ErrorCode.TRUNCATION_OUT_OF_RANGE, 0, 1);
        if (own != null || control == null) {
            return own;
        }
        return new JsonFields(JsonNodeFactory.instance.objectNode().set(ControlFields.TRUNCATION, control), "controls.")
                .number(ControlFields.TRUNCATION, ErrorCode.TRUNCATION_OUT_OF_RANGE, 0, 1);
    }

    private @Nullable String label() throws InvalidRecord {
        String written = fields.text("label");
        if (written == null) {
            return null;
        }
        String label = written.strip();
        if (label.isEmpty() || label.length() > MOST_LABEL || !CaptionRule.isPlain(label)) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.LABEL_UNKNOWN,
                    "label",
                    written,
                    "must have 1 to " + MOST_LABEL + " characters, none of them a control character"));
        }
        return Normalizer.normalize(label, Normalizer.Form.NFC);
    }

    /** Absent is no mistake yet: whether there must be one only the model tells. */
    private @Nullable String caption() throws InvalidRecord {
        String written = fields.text("caption");
        if (written == null) {
            return null;
        }
        return CaptionRule.normalised("caption", written);
    }

    private ModelRef model() throws InvalidRecord {
        String written = fields.text("model");
        if (written == null) {
            return ModelRef.DEFAULT;
        }
        try {
            return ModelRef.parse(written);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecord(
                    RecordError.of(ErrorCode.UNKNOWN_MODEL, "model", written, "must be a name or name@digest"));
        }
    }

    private @Nullable ImageSize size() throws InvalidRecord {
        JsonFields size = fields.object("size");
        if (size == null) {
            return null;
        }
        return new ImageSize(side(size, "width"), side(size, "height"));
    }

    private static int side(JsonFields size, String name) throws InvalidRecord {
        Long value = size.integer(name, ErrorCode.SIZE_NOT_AVAILABLE, 1, MOST_SIDE);
        if (value == null) {
            throw JsonFields.missing("size." + name);
        }
        return value.intValue();
    }

    private ImageFormat format() throws InvalidRecord {
        String written = fields.text("format");
        if (written == null) {
            return ImageFormat.PNG;
        }
        return ImageFormat.of(written)
                .orElseThrow(() -> new InvalidRecord(
                        RecordError.of(ErrorCode.FORMAT_UNKNOWN, "format", written, "must be png or jpeg")));
    }

    private @Nullable Instant deadline() throws InvalidRecord {
        String written = fields.text("deadline");
        if (written == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(written).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.DEADLINE_INVALID, "deadline", written, "must be as in 2026-01-31T12:00:00Z (RFC 3339)"));
        }
    }

    private @Nullable JobGroup group() throws InvalidRecord {
        JsonFields group = fields.object("group");
        if (group == null) {
            return null;
        }
        String id = group.text("id");
        Long size = group.integer("size", ErrorCode.GROUP_INVALID, 1, MOST_GROUP);
        if (id == null || size == null) {
            throw JsonFields.missing(id == null ? "group.id" : "group.size");
        }
        if (!JobCodec.ID.matcher(id).matches()) {
            throw new InvalidRecord(
                    RecordError.of(ErrorCode.GROUP_INVALID, "group.id", id, "must be 1 to 128 of A-Z a-z 0-9 . _ : -"));
        }
        return new JobGroup(id, size.intValue());
    }

    private @Nullable String tenant() throws InvalidRecord {
        String tenant = fields.text("tenant");
        if (tenant != null && !TENANT.matcher(tenant).matches()) {
            throw new InvalidRecord(
                    RecordError.of(ErrorCode.TENANT_INVALID, "tenant", tenant, "must be 1 to 64 of a-z 0-9 -"));
        }
        return tenant;
    }

    private @Nullable JsonNode context() throws InvalidRecord {
        JsonNode context = fields.node("context");
        if (!isFinite(context)) {
            // It would come back as the text "Infinity".
            throw new InvalidRecord(new RecordError(
                    ErrorCode.WRONG_TYPE,
                    "context",
                    null,
                    "context has a number that is beyond the range of 64-bit floating point"));
        }
        if (!fits(context)) {
            throw new InvalidRecord(new RecordError(
                    ErrorCode.CONTEXT_TOO_LARGE,
                    "context",
                    null,
                    "context has more than " + MOST_CONTEXT_BYTES + " bytes"));
        }
        return context;
    }

    /** Whether a context can be given back as it was. */
    static boolean fits(@Nullable JsonNode context) {
        return context == null
                || (isFinite(context)
                        && context.toString().getBytes(StandardCharsets.UTF_8).length <= MOST_CONTEXT_BYTES);
    }

    private static boolean isFinite(@Nullable JsonNode node) {
        if (node == null || node.isEmpty()) {
            return node == null || !node.isFloatingPointNumber() || Double.isFinite(node.doubleValue());
        }
        for (JsonNode part : node) {
            if (!isFinite(part)) {
                return false;
            }
        }
        return true;
    }
}
