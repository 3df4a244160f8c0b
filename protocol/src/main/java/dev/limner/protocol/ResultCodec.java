package dev.limner.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Results to JSON and back. The outcome's fields stand beside the common ones, told apart by {@code status}. */
public final class ResultCodec {
    private ResultCodec() {}

    public static byte[] encode(Result result) {
        ObjectNode node = Json.PLAIN.createObjectNode();
        node.put("jobId", result.jobId());
        node.put("status", result.outcome().status());
        put(node, "tenant", result.tenant());
        put(node, "context", result.context());
        put(node, "group", result.group());
        put(node, "source", result.source());
        if (result.redrive() > 0) {
            node.put("redrive", result.redrive());
        }
        node.put("attempts", result.attempts());
        node.put("worker", result.worker());
        put(node, "model", result.model());
        put(node, "timings", result.timings());
        put(node, "batch", result.batch());
        ObjectNode outcome = Json.PLAIN.valueToTree(result.outcome());
        node.setAll(outcome);
        if (!result.warnings().isEmpty()) {
            put(node, "warnings", result.warnings());
        }
        try {
            return Json.PLAIN.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that Jackson cannot write", e);
        }
    }

    private static void put(ObjectNode node, String name, @Nullable Object value) {
        if (value != null) {
            node.set(name, Json.PLAIN.valueToTree(value));
        }
    }

    /** @throws IllegalArgumentException if the bytes are no result */
    public static Result decode(byte[] bytes) {
        try {
            JsonNode node = Json.PLAIN.readTree(bytes);
            List<String> warnings = new ArrayList<>();
            node.path("warnings").forEach(warning -> warnings.add(warning.asText()));
            return new Result(
                    node.path("jobId").asText(),
                    outcome(node),
                    node.path("tenant").textValue(),
                    node.get("context"),
                    value(node, "group", JobGroup.class),
                    value(node, "source", Result.Source.class),
                    node.path("redrive").asInt(),
                    node.path("attempts").asInt(),
                    node.path("worker").asText(),
                    value(node, "model", Result.Model.class),
                    value(node, "timings", Result.Timings.class),
                    value(node, "batch", Result.Batch.class),
                    warnings);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a result: " + e.getMessage(), e);
        }
    }

    /**
     * What a result is the answer to, without reading the rest of it; empty if it does not say or the bytes are no
     * result.
     */
    public static Optional<Result.Source> source(byte[] bytes) {
        try (JsonParser parser = Json.PLAIN.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals("source");
                if (parser.nextToken() == JsonToken.START_OBJECT && found) {
                    Result.Source source = Json.PLAIN.readValue(parser, Result.Source.class);
                    return source.topic() == null ? Optional.empty() : Optional.of(source);
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Outcome outcome(JsonNode node) throws JsonProcessingException {
        String status = node.path("status").asText();
        return switch (status) {
            case "completed" -> Json.PLAIN.treeToValue(node, Outcome.Completed.class);
            case "rejected" -> Json.PLAIN.treeToValue(node, Outcome.Rejected.class);
            case "expired" -> Json.PLAIN.treeToValue(node, Outcome.Expired.class);
            case "cancelled" -> Json.PLAIN.treeToValue(node, Outcome.Cancelled.class);
            case "failed" -> Json.PLAIN.treeToValue(node, Outcome.Failed.class);
            default -> throw new IllegalArgumentException("status is '" + status + "'");
        };
    }

    private static <T> @Nullable T value(JsonNode node, String name, Class<T> type) throws JsonProcessingException {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : Json.PLAIN.treeToValue(value, type);
    }
}
