package dev.limner.generator.network;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.protocol.text.JsonReasons;
import org.jspecify.annotations.Nullable;

/** Specs of architectures as records: what is unknown, missing or of another type is an error, and nothing is rounded. */
public final class SpecJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .build();

    private SpecJson() {}

    /** @throws IllegalArgumentException naming the key and the value if the record does not take the spec */
    public static <T> T read(@Nullable JsonNode spec, Class<T> type) {
        try {
            T read = JSON.treeToValue(spec, type);
            if (read == null) {
                throw new IllegalArgumentException("architecture.spec is missing");
            }
            return read;
        } catch (JsonProcessingException e) {
            String reason = JsonReasons.of(e);
            // What a record's own check says names the key already.
            throw new IllegalArgumentException(
                    reason.startsWith("architecture.") ? reason : "architecture.spec: " + reason, e);
        }
    }

    /** As manifests hold it. */
    public static JsonNode write(Object spec) {
        return JSON.valueToTree(spec);
    }
}
