package dev.limner.generator.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.limner.protocol.text.JsonReasons;

/** Specs of architectures as records: a key that is unknown, or a number that is missing, is an error. */
public final class SpecJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private SpecJson() {}

    /** @throws IllegalArgumentException naming the key and the value if the record does not take the spec */
    public static <T> T read(JsonNode spec, Class<T> type) {
        try {
            return JSON.treeToValue(spec, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("architecture.spec: " + JsonReasons.of(e), e);
        }
    }

    /** As manifests hold it. */
    public static JsonNode write(Object spec) {
        return JSON.valueToTree(spec);
    }
}
