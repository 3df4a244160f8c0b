package dev.limner.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fields that no reader of this version knows. The fleet ignores them, for records of other versions; a person who writes one
 * has hardly meant that. What {@code context} holds is the producer's own.
 */
public final class UnknownFields {
    private static final String PROPERTIES = "properties";

    private final JsonNode schema;

    private UnknownFields(JsonNode schema) {
        this.schema = schema;
    }

    /** Of a job's record. */
    public static UnknownFields ofJob() {
        return of("job");
    }

    /** Of a feedback's record. */
    public static UnknownFields ofFeedback() {
        return of("feedback");
    }

    private static UnknownFields of(String record) {
        String resource = "schemas/" + record + ".schema.json";
        try (InputStream in = UnknownFields.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            return new UnknownFields(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("a schema of this program cannot be read", e);
        }
    }

    /** Their names, with dots where they are nested. */
    public List<String> in(JsonNode record) {
        List<String> unknown = new ArrayList<>();
        collect(record, schema, "", unknown);
        return unknown;
    }

    /** Those that are known. */
    public List<String> known() {
        return schema.path(PROPERTIES).properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    private static void collect(JsonNode record, JsonNode schema, String prefix, List<String> unknown) {
        JsonNode known = schema.path(PROPERTIES);
        if (!known.isObject()) {
            return;
        }
        record.properties().forEach(field -> {
            String name = prefix + field.getKey();
            if (known.has(field.getKey())) {
                collect(field.getValue(), known.get(field.getKey()), name + ".", unknown);
            } else {
                unknown.add(name);
            }
        });
    }
}
