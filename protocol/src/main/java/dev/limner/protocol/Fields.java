package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Typed access to a JSON object's fields; JSON null counts as absent, a wrong type is an error that names the field. */
record Fields(ObjectNode object) {
    @Nullable
    JsonNode node(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    @Nullable
    String text(String name) throws InvalidJob {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            throw wrongType(name, node, "a string");
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
    Long integer(String name, ErrorCode outOfRange, long least, long most) throws InvalidJob {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()) {
            throw wrongType(name, node, "an integer");
        }
        if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
            throw new InvalidJob(JobError.of(outOfRange, name, node.asText(), "must be from " + least + " to " + most));
        }
        return node.longValue();
    }

    @Nullable
    Double number(String name, ErrorCode outOfRange, double least, double most) throws InvalidJob {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!node.isNumber()) {
            throw wrongType(name, node, "a number");
        }
        double value = node.doubleValue();
        if (!(value >= least && value <= most)) {
            throw new InvalidJob(JobError.of(outOfRange, name, node.asText(), "must be from " + least + " to " + most));
        }
        return value;
    }

    @Nullable
    Fields object(String name) throws InvalidJob {
        JsonNode node = node(name);
        if (node == null) {
            return null;
        }
        if (!(node instanceof ObjectNode nested)) {
            throw wrongType(name, node, "an object");
        }
        return new Fields(nested);
    }

    static InvalidJob wrongType(String name, JsonNode node, String wanted) {
        return new InvalidJob(
                JobError.of(ErrorCode.WRONG_TYPE, name, node.toString(), "a " + kind(node) + ", must be " + wanted));
    }

    static InvalidJob missing(String name) {
        return new InvalidJob(new JobError(ErrorCode.MISSING_FIELD, name, null, name + " is missing"));
    }

    static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
