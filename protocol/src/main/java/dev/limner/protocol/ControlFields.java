package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code controls} of a job: names to numbers and texts. What they mean the model declares. */
final class ControlFields {
    /** A job's field of its own, whatever a model calls its controls. */
    static final String TRUNCATION = "truncation";

    private static final String FIELD = "controls";
    private static final int MOST = 64;
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_TEXT = 200;

    private ControlFields() {}

    /** In the order of the record; the caller may change it. */
    static Map<String, JsonNode> read(JsonFields fields) throws InvalidRecord {
        Map<String, JsonNode> controls = new LinkedHashMap<>();
        JsonFields object = fields.object(FIELD);
        if (object == null) {
            return controls;
        }
        for (Map.Entry<String, JsonNode> entry : object.object().properties()) {
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                continue;
            }
            String path = FIELD + "." + entry.getKey();
            if (entry.getKey().isEmpty()
                    || entry.getKey().length() > LONGEST_NAME
                    || !CaptionRule.isPlain(entry.getKey())) {
                throw new InvalidRecord(RecordError.of(
                        ErrorCode.CONTROL_UNKNOWN,
                        FIELD,
                        entry.getKey(),
                        "must have 1 to " + LONGEST_NAME + " characters, none of them a control character"));
            }
            if (!value.isNumber() && !value.isTextual()) {
                throw JsonFields.wrongType(path, value, "a number or a string");
            }
            if (value.isNumber() && !Double.isFinite(value.doubleValue())) {
                throw new InvalidRecord(RecordError.of(
                        ErrorCode.CONTROL_OUT_OF_RANGE, path, value.asText(), "must be a finite number"));
            }
            if (value.isTextual()
                    && (value.textValue().length() > LONGEST_TEXT || !CaptionRule.isPlain(value.textValue()))) {
                throw new InvalidRecord(RecordError.of(
                        ErrorCode.CONTROL_OUT_OF_RANGE,
                        path,
                        value.textValue(),
                        "must have at most " + LONGEST_TEXT + " characters, none of them a control character"));
            }
            controls.put(entry.getKey(), value);
        }
        if (controls.size() > MOST) {
            throw new InvalidRecord(new RecordError(
                    ErrorCode.CONTROL_OUT_OF_RANGE,
                    FIELD,
                    null,
                    FIELD + " has " + controls.size() + " entries, at most " + MOST + " are allowed"));
        }
        return controls;
    }
}
