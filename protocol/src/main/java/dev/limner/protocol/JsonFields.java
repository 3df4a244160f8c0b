package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Typed access to a JSON object's fields; JSON null counts as absent, a wrong type is an error that names the field. */
record JsonFields(ObjectNode object, String prefix) {
    /** The fields of a whole record. */
    JsonFields(ObjectNode object) {
        this(object, "");
    }

    /** A field as errors name it: with a dot where it is nested. */
    private String path(String name) {
        return prefix + name;
    }

    @Nullable
    JsonNode node(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    @Nullable
    String text(String name) throws InvalidRecord {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            throw wrongType(path(name), node, "a string");
        }
        return node.textValue();
    }

    /** The text of a field whatever else is wrong with the record. */
    @Nullable
    String lenientText(String name) {
        JsonNode node = object.get(name);
        return node != null && node.isTextual() ? node.textValue() : null;
    }

    @Nullable
    Long integer(String name, ErrorCode outOfRange, long least, long most) throws InvalidRecord {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()) {
            throw wrongType(path(name), node, "an integer");
        }
        if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
            throw new InvalidRecord(
                    RecordError.of(outOfRange, path(name), node.asText(), "must be from " + least + " to " + most));
        }
        return node.longValue();
    }

    @Nullable
    Double number(String name, ErrorCode outOfRange, double least, double most) throws InvalidRecord {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isNumber()) {
            throw wrongType(path(name), node, "a number");
        }
        double value = node.doubleValue();
        if (!(value >= least && value <= most)) {
            throw new InvalidRecord(
                    RecordError.of(outOfRange, path(name), node.asText(), "must be from " + least + " to " + most));
        }
        return value;
    }

    @Nullable
    JsonFields object(String name) throws InvalidRecord {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!(node instanceof ObjectNode nested)) {
            throw wrongType(path(name), node, "an object");
        }
        return new JsonFields(nested, path(name) + ".");
    }

    /** Refuses a record of a version that this build does not read. */
    void version() throws InvalidRecord {
        JsonNode version = node("version");
        if (version != null && !(version.isInt() && version.intValue() == JobCodec.VERSION)) {
            throw new InvalidRecord(RecordError.of(
                    ErrorCode.UNSUPPORTED_VERSION, "version", version, "this fleet reads " + JobCodec.VERSION));
        }
    }

    /** The record's own id, or the one it gets for want of it. */
    String id(String fallbackId) throws InvalidRecord {
        String id = text("id");
        if (id != null && !JobCodec.ID.matcher(id).matches()) {
            throw new InvalidRecord(
                    RecordError.of(ErrorCode.ID_INVALID, "id", id, "must be 1 to 128 of A-Z a-z 0-9 . _ : -"));
        }
        return id == null ? fallbackId : id;
    }

    static InvalidRecord wrongType(String path, JsonNode node, String wanted) {
        return new InvalidRecord(RecordError.of(
                ErrorCode.WRONG_TYPE, path, node.toString(), article(kind(node)) + ", must be " + wanted));
    }

    static InvalidRecord missing(String path) {
        return new InvalidRecord(new RecordError(ErrorCode.MISSING_FIELD, path, null, path + " is missing"));
    }

    static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static String article(String kind) {
        return (kind.startsWith("a") || kind.startsWith("o") ? "an " : "a ") + kind;
    }
}
